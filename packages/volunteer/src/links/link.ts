// The link to one neighbour for as long as it is wanted: one connection after another, each with a deadline, and
// pauses between them that grow.

import type { PeerSignal } from '@muster/protocol'
import { type Connect, type Connection, type ConnectionPorts, openConnection } from './connection.ts'
import type { LinkSettings, LinkState, PeerMessage } from './direct-links.ts'

const attemptsMax = 8
const retryMsMax = 60_000
/** A link that held this many first pauses was a good one: after it, counting begins anew. */
const steadyPauses = 60

export interface LinkPorts {
  sendSignal(signal: PeerSignal): void
  onState(state: LinkState): void
  onMessage(message: PeerMessage): void
  onRoom(): void
}

export interface Link {
  begin(): void
  signal(signal: PeerSignal): void
  send(message: PeerMessage): boolean
  close(): void
}

export function keepLink(connect: Connect, settings: LinkSettings, makesOffers: boolean, ports: LinkPorts): Link {
  const { deadlineMs = 5_000, retryMs = 500, messageBytesMax } = settings
  let state: LinkState | null = null
  let isClosed = false
  let connection: Connection | null = null
  let attempt = 0
  let failures = 0
  let openedAt = 0
  let offeredAt = Number.NEGATIVE_INFINITY
  let isBarred = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function enter(next: LinkState): void {
    if (isClosed || state === next) return
    state = next
    ports.onState(next)
  }

  /** Ends the connection if there is one. An answering peer waits for the next offer, an offering one makes it. */
  function fail(): void {
    clearTimeout(timer)
    connection?.close()
    connection = null
    if (state === 'open' && performance.now() - openedAt > steadyPauses * retryMs) failures = 0
    failures++
    if (makesOffers && !isBarred && failures < attemptsMax)
      timer = setTimeout(begin, Math.min(retryMsMax, retryMs * 2 ** (failures - 1)))
    enter('failed')
  }

  /** A connection that was closed says no more, so that only the latest is heard. */
  function newConnection(): Connection | null {
    const heard: ConnectionPorts = {
      ...ports,
      onOpen() {
        clearTimeout(timer)
        openedAt = performance.now()
        enter('open')
      },
      onEnd(why) {
        isBarred ||= why === 'broken-rules'
        fail()
      },
    }
    try {
      const configuration = { iceServers: settings.iceServers.map(server => ({ ...server })) }
      return openConnection(connect, { configuration, attempt, messageBytesMax, patienceMs: deadlineMs }, heard)
    } catch {
      return null
    }
  }

  function begin(): void {
    clearTimeout(timer)
    timer = setTimeout(fail, deadlineMs)
    enter('connecting')
    if (!makesOffers || isClosed) return
    attempt = Math.floor(Math.random() * 2 ** 32)
    connection = newConnection()
    if (connection === null) fail()
    else connection.makeOffer()
  }

  function takeOffer(sdp: string, offered: number): void {
    // An honest neighbour pauses between two offers; connections are too dear to be made at anybody's pace.
    const now = performance.now()
    if (isBarred || now - offeredAt < retryMs / 2) return
    offeredAt = now
    connection?.close()
    connection = null
    attempt = offered
    connection = newConnection()
    if (connection === null) return fail()
    clearTimeout(timer)
    timer = setTimeout(fail, deadlineMs)
    connection.takeOffer(sdp)
    enter('connecting')
  }

  return {
    begin,
    signal(signal) {
      if (isClosed) return
      if (signal.kind === 'offer') {
        if (!makesOffers) takeOffer(signal.sdp, signal.attempt)
      } else if (connection !== null && signal.attempt === attempt) {
        if (signal.kind === 'candidate')
          connection.takeCandidate({
            candidate: signal.candidate,
            sdpMid: signal.mid,
            sdpMLineIndex: signal.line,
          })
        else if (makesOffers) connection.takeAnswer(signal.sdp)
      }
    },
    send: message => (connection !== null && state === 'open' ? connection.send(message) : false),
    close() {
      isClosed = true
      clearTimeout(timer)
      connection?.close()
      connection = null
    },
  }
}
