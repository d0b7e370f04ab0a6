// Answers: a frame, judged by its header before its vector is taken, by its vector before it counts. Of work in tiles a
// frame holds one segment or several adjacent ones, each an answer by itself: what is wrong with one does not spoil the
// others.

import { findLease, judgeResult, type ResultClaim, type TrainingRun } from '@muster/engine'
import {
  decodeResultHeader,
  type ErrorCode,
  errorCodes,
  frameBytes,
  frameVector,
  type ResultHeader,
  refusal,
} from '@muster/protocol'
import { leaseId, segmentRange, segmentsWithin } from '@muster/vocabulary'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import type { Session, Sessions } from '../sessions.ts'

export function refuse(reply: FastifyReply, code: ErrorCode, detail?: string): FastifyReply {
  return reply.code(errorCodes[code].status).send(refusal(code, detail))
}

export const bearerToken = (request: FastifyRequest): string =>
  (request.headers.authorization ?? '').replace(/^Bearer /, '')

interface Part {
  /** Null: all coordinates, of work that is not in tiles. */
  readonly segment: number | null
  /** Of the frame's numbers: [from, to). */
  readonly from: number
  readonly to: number
}

/** What a frame holds: one whole vector or, of work in tiles, adjacent segments. None: no whole number of them. */
function partsOf(
  { lease, firstCoordinate, coordinates }: ResultHeader,
  { leases, settings: { segments } }: TrainingRun<unknown>,
  parameterCount: number,
): readonly Part[] {
  // All coordinates are all segments as well: what was asked for decides.
  const isAll = firstCoordinate === 0 && coordinates === parameterCount
  if (isAll && findLease(leases, leaseId(lease))?.work.upload !== 'in-tiles')
    return [{ segment: null, from: 0, to: coordinates }]
  const range = { from: firstCoordinate, to: firstCoordinate + coordinates }
  return (segmentsWithin(parameterCount, segments, range) ?? []).map(segment => {
    const { from, to } = segmentRange(parameterCount, segments, segment)
    return { segment, from: from - firstCoordinate, to: to - firstCoordinate }
  })
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
    const { body } = request
    const header = body instanceof Uint8Array ? decodeResultHeader(body) : 'frame-type'
    if (typeof header === 'string') return reject(reply, session, header, null)
    const lease = leaseId(header.lease)
    const parts = partsOf(header, conductor.run(), parameterCount)
    if (parts.length === 0) return reject(reply, session, 'range-mismatch', lease)
    const { worker, connection } = session
    // All of them before the first is offered: what becomes of one may end the lease of the others.
    const judged = parts.map(part => {
      const claim: ResultClaim = { ...header, worker, connection, lease, segment: part.segment }
      return { ...part, claim, early: judgeResult(conductor.run(), claim) }
    })
    // At once, and in this order. Each copy is handed over, and shares its memory with no other.
    const codes = await Promise.all(
      judged.map(
        ({ claim, early, from, to }) => early ?? conductor.offer(claim, frameVector(body as Uint8Array, from, to)),
      ),
    )
    // After what is good: a refusal may end the lease. Once by each code, however many segments a frame has.
    const refused = new Map(judged.flatMap(({ claim, early }) => (early === null ? [] : [[early, claim] as const])))
    for (const [code, claim] of refused) tellRefusal(session, code, lease, claim)
    const first = codes.find(code => code !== null)
    // Those the machine refused it has counted itself.
    return first === undefined ? reply.send({ accepted: true }) : refuse(reply, first as ErrorCode)
  })

  function reject(
    reply: FastifyReply,
    session: Session,
    code: ErrorCode,
    lease: ResultClaim['lease'] | null,
  ): FastifyReply {
    tellRefusal(session, code, lease)
    return refuse(reply, code)
  }

  function tellRefusal(
    { worker }: Session,
    code: ErrorCode,
    lease: ResultClaim['lease'] | null,
    claim: ResultClaim | null = null,
  ): void {
    conductor.countRefusal(code)
    // A repeated answer says nothing against the lease, a late one that its work has ended; the others give it up.
    if (code === 'round-closed' && claim)
      conductor.dispatch({ type: 'result-rejected', worker, lease, code, late: claim })
    else conductor.dispatch({ type: 'result-rejected', worker, lease: code === 'answer-repeated' ? null : lease, code })
  }
}
