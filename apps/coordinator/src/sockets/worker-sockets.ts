// Control messages of workers. Each is checked against its schema; what does not fit is answered with a code and
// counted, never thrown.

import { findLease } from '@muster/engine'
import {
  handshake,
  type IceServer,
  leave,
  limits,
  progress,
  protocolVersion,
  ready,
  refusal,
  type Welcome,
} from '@muster/protocol'
import { leaseId, volunteerId, workerId } from '@muster/vocabulary'
import type { Server, Socket } from 'socket.io'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import type { Relay } from '../relay.ts'
import type { Session, Sessions } from '../sessions.ts'
import { hearPeer } from './peer-sockets.ts'

interface Schema<Value> {
  safeParse(value: unknown): { success: true; data: Value } | { success: false }
}

export function serveWorkers(
  io: Server,
  opened: OpenedRun,
  conductor: Conductor,
  sessions: Sessions,
  relay: Relay,
  iceServers: readonly IceServer[],
): void {
  io.use((socket, next) => {
    const heard = handshake.safeParse(socket.handshake.auth)
    const refuse = (code: Parameters<typeof refusal>[0]) => {
      conductor.chronicle.countRefusal(code)
      const { message } = refusal(code)
      next(Object.assign(new Error(message), { data: { code } }))
    }
    if (socket.handshake.auth.protocolVersion !== protocolVersion) return refuse('protocol-version')
    if (!heard.success) return refuse('message-malformed')
    if (sessions.size >= limits.workersMax && !sessions.byWorker(workerId(heard.data.tab)))
      return refuse('workers-too-many')
    socket.data.handshake = heard.data
    next()
  })

  io.on('connection', socket => {
    const { tab, volunteer } = handshake.parse(socket.data.handshake)
    const session = sessions.open(workerId(tab), volunteerId(volunteer), (name, message) => socket.emit(name, message))
    hear(socket, session, conductor)
    hearPeer(socket, session, conductor, sessions, relay)
    socket.on('disconnect', () => {
      sessions.close(session)
      if (!sessions.byWorker(session.worker)) relay.forget(session.worker)
      conductor.dispatch({
        type: 'worker-departed',
        worker: session.worker,
        connection: session.connection,
        reason: 'closed',
      })
    })
    socket.emit('welcome', {
      session: session.token,
      worker: session.worker,
      // As it is now: an operator may have changed the strategy.
      run: { ...opened.description, talksToPeers: conductor.run().policy.strategy.hearPeer !== undefined },
      iceServers: [...iceServers],
    } satisfies Welcome)
  })
}

function hear(socket: Socket, session: Session, conductor: Conductor): void {
  const { worker, connection } = session
  const on = <Value>(name: string, schema: Schema<Value>, act: (message: Value) => void) =>
    socket.on(name, (message: unknown) => {
      const heard = schema.safeParse(message)
      if (heard.success) return act(heard.data)
      conductor.chronicle.countRefusal('message-malformed')
      socket.emit('refused', refusal('message-malformed', name))
    })

  on('ready', ready, capabilities => conductor.dispatch({ type: 'worker-connected', worker, connection, capabilities }))
  on('leave', leave, ({ reason }) => conductor.dispatch({ type: 'worker-departed', worker, connection, reason }))
  on('progress', progress, message => {
    const lease = findLease(conductor.run().leases, leaseId(message.lease))
    // Less than was said before is no lie: an answer travels beside the announcements and may overtake them.
    // Nor is more of a list in tiles: it may have been cut since, and the machine believes no more than there is.
    const isImpossible = lease?.tiles === null && message.finished > lease.work.partitions.length
    if (lease && (lease.worker !== worker || isImpossible)) {
      const code = lease.worker === worker ? 'progress-impossible' : 'lease-not-yours'
      conductor.chronicle.countRefusal(code)
      socket.emit('refused', refusal(code))
      return
    }
    conductor.dispatch({ type: 'progress-announced', worker, connection, ...message, lease: leaseId(message.lease) })
  })
}
