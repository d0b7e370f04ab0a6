// Estimates that peers have no direct link for: posted once, fetched by each neighbour.

import { decodeEstimateFrame, frameBytes } from '@muster/protocol'
import { type WorkerId, workerId } from '@muster/vocabulary'
import type { FastifyInstance } from 'fastify'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import type { Relay } from '../relay.ts'
import type { Sessions } from '../sessions.ts'
import { areNeighbours } from '../sockets/peer-sockets.ts'
import { bearerToken, refuse } from './results.ts'

interface Named {
  readonly peer: string
  readonly generation: number
  readonly iteration: number
  readonly purpose: 'mix' | 'start'
}

const number = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 }
const schema = {
  params: {
    type: 'object',
    properties: {
      peer: { type: 'string', pattern: '^[\\w-]{1,64}$' },
      generation: number,
      iteration: number,
      purpose: { type: 'string', enum: ['mix', 'start'] },
    },
  },
} as const

export function serveEstimates(
  server: FastifyInstance,
  { description: { parameterCount } }: OpenedRun,
  conductor: Conductor,
  sessions: Sessions,
  relay: Relay,
): void {
  const bodyLimit = frameBytes(parameterCount)
  const hasNeighbours = (worker: WorkerId) =>
    [...sessions.all()].some(other => areNeighbours(conductor, worker, other.worker))

  server.post('/api/estimates', { bodyLimit }, async (request, reply) => {
    const session = sessions.byToken(bearerToken(request))
    const frame =
      session && (request.body instanceof Uint8Array ? decodeEstimateFrame(request.body, parameterCount) : 'frame-type')
    if (!session || frame === undefined || typeof frame === 'string') {
      const code = session && typeof frame === 'string' ? frame : 'session-unknown'
      conductor.countRefusal(code)
      return refuse(reply, code)
    }
    // Nobody would ever fetch it.
    if (!hasNeighbours(session.worker)) {
      conductor.countRefusal('peer-not-neighbour')
      return refuse(reply, 'peer-not-neighbour')
    }
    const body = request.body as Uint8Array
    conductor.chronicle.countBytes(body.byteLength)
    relay.hold(session.worker, frame.estimate, body)
    return reply.send({ accepted: true })
  })

  server.get<{ Params: Named }>(
    '/api/estimates/:peer/:generation/:iteration/:purpose',
    { schema },
    async (request, reply) => {
      const session = sessions.byToken(bearerToken(request))
      if (!session) return refuse(reply, 'session-unknown')
      const { peer, ...name } = request.params
      if (!areNeighbours(conductor, session.worker, workerId(peer))) {
        conductor.countRefusal('peer-not-neighbour')
        return refuse(reply, 'peer-not-neighbour')
      }
      const frame = relay.find(peer, name)
      if (!frame) return refuse(reply, 'estimate-unknown')
      return reply.header('cache-control', 'no-store').type('application/octet-stream').send(Buffer.from(frame))
    },
  )
}
