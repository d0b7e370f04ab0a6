// Answers: a frame, judged by its header before its vector is taken, by its vector before it counts.

import { findLease, judgeResult, type ResultClaim, type TrainingRun } from '@muster/engine'
import { decodeResultFrame, type ErrorCode, errorCodes, frameBytes, type ResultHeader, refusal } from '@muster/protocol'
import { leaseId, segmentRange } from '@muster/vocabulary'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import type { Session, Sessions } from '../sessions.ts'

export function refuse(reply: FastifyReply, code: ErrorCode, detail?: string): FastifyReply {
  return reply.code(errorCodes[code].status).send(refusal(code, detail))
}

export const bearerToken = (request: FastifyRequest): string =>
  (request.headers.authorization ?? '').replace(/^Bearer /, '')

/** Of what a frame holds: all coordinates (null), exactly one segment, or neither (undefined). */
function segmentOf(
  { lease, firstCoordinate, coordinates }: ResultHeader,
  { leases, settings: { segments } }: TrainingRun<unknown>,
  parameterCount: number,
): number | null | undefined {
  if (firstCoordinate === 0 && coordinates === parameterCount) {
    // Where all coordinates are one segment, what was asked for decides.
    return segments === 1 && findLease(leases, leaseId(lease))?.work.upload === 'in-tiles' ? 0 : null
  }
  const segment = Math.ceil((firstCoordinate * segments) / parameterCount)
  const { from, to } = segmentRange(parameterCount, segments, segment)
  return from === firstCoordinate && to === firstCoordinate + coordinates ? segment : undefined
}

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
    const segment = segmentOf(header, conductor.run(), parameterCount)
    if (segment === undefined) return reject(reply, session, 'range-mismatch', lease)
    const { worker, connection } = session
    const claim: ResultClaim = { ...header, worker, connection, lease, segment }
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
