// Estimates that peers have no direct link for: posted once, fetched by each neighbour.

import { decodeEstimateFrame, type ErrorCode, frameBytes } from '@muster/protocol'
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
    const refused = (code: ErrorCode) => {
      conductor.countRefusal(code)
      return refuse(reply, code)
    }
    const session = sessions.byToken(bearerToken(request))
    if (!session) return refused('session-unknown')
    if (!(request.body instanceof Uint8Array)) return refused('frame-type')
    const frame = decodeEstimateFrame(request.body, parameterCount)
    if (typeof frame === 'string') return refused(frame)
    // Nobody would ever fetch it.
    if (!hasNeighbours(session.worker)) return refused('peer-not-neighbour')
    const { body } = request
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
