// What peers tell the coordinator, and what they say to neighbours through it. Passed on unread, under the true name of
// who said it; between neighbours only.

import { peerReport, type Relayed, refusal, relay as relaySchema } from '@muster/protocol'
import { type WorkerId, workerId } from '@muster/vocabulary'
import type { Socket } from 'socket.io'
import type { Conductor } from '../conductor.ts'
import type { Relay } from '../relay.ts'
import type { Session, Sessions } from '../sessions.ts'
import { now } from '../system-clock.ts'

export function hearPeer(
  socket: Socket,
  { worker, connection }: Session,
  conductor: Conductor,
  sessions: Sessions,
  relay: Relay,
): void {
  const refuse = (code: Parameters<typeof refusal>[0], detail?: string) => {
    conductor.chronicle.countRefusal(code)
    socket.emit('refused', refusal(code, detail))
  }
  socket.on('peer-report', (message: unknown) => {
    const told = peerReport.safeParse(message)
    if (!told.success) return refuse('message-malformed', 'peer-report')
    // An honest peer tells a few times a second, and once an iteration where the coordinator decides.
    if (!relay.admit(worker, 1, now())) return conductor.chronicle.countRefusal('relay-too-much')
    conductor.dispatch({ type: 'peer-told', worker, connection, report: told.data })
  })
  socket.on('relay', (message: unknown) => {
    const said = relaySchema.safeParse(message)
    if (!said.success) return refuse('message-malformed', 'relay')
    const { to, item } = said.data
    // Told by a count alone: to answer each of a flood would be another.
    if (!relay.admit(worker, to.length, now())) return conductor.chronicle.countRefusal('relay-too-much')
    for (const name of to) passOn(workerId(name), item)
  })

  function passOn(to: WorkerId, item: Relayed): void {
    if (!areNeighbours(conductor, worker, to)) return conductor.chronicle.countRefusal('peer-not-neighbour')
    sessions.byWorker(to)?.send('heard', { from: worker, item })
  }
}

export function areNeighbours(conductor: Conductor, one: WorkerId, other: WorkerId): boolean {
  const { policy, strategyState } = conductor.run()
  return policy.strategy.areNeighbours?.(strategyState, one, other) ?? false
}
