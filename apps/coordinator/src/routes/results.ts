// Answers: a frame, judged by its header before its vector is taken, by its vector before it counts.

import { judgeResult, type ResultClaim } from '@muster/engine'
import { decodeResultFrame, type ErrorCode, errorCodes, frameBytes, refusal } from '@muster/protocol'
import { leaseId } from '@muster/vocabulary'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import type { Session, Sessions } from '../sessions.ts'

export function refuse(reply: FastifyReply, code: ErrorCode, detail?: string): FastifyReply {
  return reply.code(errorCodes[code].status).send(refusal(code, detail))
}

export const bearerToken = (request: FastifyRequest): string =>
  (request.headers.authorization ?? '').replace(/^Bearer /, '')

export function serveResults(
  server: FastifyInstance,
  opened: OpenedRun,
  conductor: Conductor,
  sessions: Sessions,
): void {
  const { parameterCount } = opened.description
  const bodyLimit = frameBytes(parameterCount)

  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
    done(null, body),
  )

  server.post('/api/results', { bodyLimit }, async (request, reply) => {
    const session = sessions.byToken(bearerToken(request))
    if (!session) {
      conductor.chronicle.countRefusal('session-unknown')
      return refuse(reply, 'session-unknown')
    }
    const frame = request.body instanceof Uint8Array ? decodeResultFrame(request.body) : 'frame-type'
    if (typeof frame === 'string') return reject(reply, session, frame, null)
    const { header, vector } = frame
    const lease = leaseId(header.lease)
    if (header.firstCoordinate !== 0 || header.coordinates !== parameterCount)
      return reject(reply, session, 'range-mismatch', lease)
    const { worker, connection } = session
    const claim: ResultClaim = { ...header, worker, connection, lease, segment: null }
    const early = judgeResult(conductor.run(), claim)
    if (early !== null) return reject(reply, session, early, lease, claim)
    const code = await conductor.offer(claim, vector as Float32Array<ArrayBuffer>)
    // Counted by the machine itself, which refused it.
    return code === null ? reply.send({ accepted: true }) : refuse(reply, code as ErrorCode)
  })

  function reject(
    reply: FastifyReply,
    { worker }: Session,
    code: ErrorCode,
    lease: ResultClaim['lease'] | null,
    claim: ResultClaim | null = null,
  ): FastifyReply {
    conductor.countRefusal(code)
    // A repeated answer says nothing against the lease, a late one that its work has ended; the others give it up.
    if (code === 'round-closed' && claim)
      conductor.dispatch({ type: 'result-rejected', worker, lease, code, late: claim })
    else conductor.dispatch({ type: 'result-rejected', worker, lease: code === 'answer-repeated' ? null : lease, code })
    return refuse(reply, code)
  }
}
