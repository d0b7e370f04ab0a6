// A worker for tests that says exactly what it is told to say, over the real sockets and routes.

import { once } from 'node:events'
import { encodeResultFrame, protocolVersion, type ResultHeader, type Welcome, type WorkMessage } from '@muster/protocol'
import { io, type Socket } from 'socket.io-client'

export interface ScriptedWorker {
  readonly socket: Socket
  readonly welcome: Welcome
  readonly name: string
  /** Resolves with the next work message, or the one that has come already. */
  nextWork(): Promise<WorkMessage>
  /** A frame that answers the work with a made-up vector, changed where told. */
  frame(work: WorkMessage, changes?: Partial<ResultHeader>, vector?: Float32Array): Uint8Array<ArrayBuffer>
  post(
    body: Uint8Array<ArrayBuffer> | string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; code: string | undefined }>
  close(): void
}

export async function joinAs(name: string, origin: string): Promise<ScriptedWorker> {
  const socket = io(origin, {
    transports: ['websocket'],
    reconnection: false,
    auth: { protocolVersion, volunteer: 'v', tab: name },
  })
  const works: WorkMessage[] = []
  const waiting: ((work: WorkMessage) => void)[] = []
  socket.on('work', (work: WorkMessage) => {
    const next = waiting.shift()
    if (next) next(work)
    else works.push(work)
  })
  const [welcome] = (await once(socket as never, 'welcome')) as [Welcome]
  socket.emit('ready', { backend: 'cpu', msPerPartition: 1, deviceShare: 1 })
  const { parameterCount, batchPerPartition } = welcome.run
  return {
    socket,
    welcome,
    name,
    nextWork: () => {
      const work = works.shift()
      return work ? Promise.resolve(work) : new Promise(resolve => waiting.push(resolve))
    },
    frame(work, changes = {}, vector = new Float32Array(parameterCount).fill(0.001)) {
      const covers = work.partitions.length
      const header: ResultHeader = {
        lease: work.lease,
        round: work.round,
        modelVersion: work.modelVersion,
        covers,
        samples: covers * batchPerPartition,
        firstCoordinate: 0,
        coordinates: vector.length,
        computeMs: 1,
        lossSum: covers * batchPerPartition * 2,
      }
      return encodeResultFrame({ header: { ...header, ...changes }, vector })
    },
    async post(body, headers = {}) {
      const response = await fetch(`${origin}/api/results`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${welcome.session}`, ...headers },
        body,
      })
      const reply = (await response.json()) as { code?: string }
      return { status: response.status, code: reply.code }
    },
    close: () => void socket.disconnect(),
  }
}
