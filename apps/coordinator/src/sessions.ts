// Who is connected: a session binds a socket and the answers posted beside it to one worker and one connection.

import { randomBytes } from 'node:crypto'
import { type ConnectionEpoch, connectionEpoch, type VolunteerId, type WorkerId } from '@muster/vocabulary'

export interface Session {
  readonly token: string
  readonly worker: WorkerId
  readonly volunteer: VolunteerId
  readonly connection: ConnectionEpoch
  send(name: string, message: object): void
}

export interface Sessions {
  open(worker: WorkerId, volunteer: VolunteerId, send: Session['send']): Session
  close(session: Session): void
  byToken(token: string): Session | undefined
  byWorker(worker: WorkerId): Session | undefined
  all(): Iterable<Session>
  readonly size: number
}

export function createSessions(): Sessions {
  const tokens = new Map<string, Session>()
  const workers = new Map<WorkerId, Session>()
  let connections = 0
  return {
    open(worker, volunteer, send) {
      const former = workers.get(worker)
      if (former) tokens.delete(former.token)
      const session: Session = {
        token: randomBytes(24).toString('base64url'),
        worker,
        volunteer,
        connection: connectionEpoch(++connections),
        send,
      }
      tokens.set(session.token, session)
      workers.set(worker, session)
      return session
    },
    close(session) {
      tokens.delete(session.token)
      if (workers.get(session.worker) === session) workers.delete(session.worker)
    },
    byToken: token => tokens.get(token),
    byWorker: worker => workers.get(worker),
    all: () => workers.values(),
    get size() {
      return workers.size
    },
  }
}
