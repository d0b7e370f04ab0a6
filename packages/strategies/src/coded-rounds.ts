// Rounds of cyclic gradient codes: worker i of n sums blocks i, i+1, …, i+s (mod n) with the code's weights, and any
// n − s answers of level s are decoded. One level: a fixed code, sent unasked. Several: a nested code (announce,
// request, upload), in which the stragglers of this very round decide how far everybody goes.
//
// A row whose worker is lost is given to somebody else only when those left cannot decode any more; the round never
// skips or approximates.

import { consecutiveBlocks, isExact, type NestedCyclicCode, nestedCyclicCode } from '@muster/gradient-codes'
import type { LeaseId, Milliseconds, PartitionIndex, Work, WorkerId } from '@muster/vocabulary'
import type { Advance, Assignment, Closing, Lease, RoundLogic, View } from './exact-state.ts'
import { type Fleet, isSilent, type Member, speedsOf } from './fleet.ts'
import { answerDueAt, restAfterRefusalMs, uploadPatience } from './patience.ts'
import { evenShares, laneOf, shareOut } from './share-out.ts'
import type { SettingDescription, StrategySettings } from './strategy.ts'

export interface CodedPlan {
  /** n: rows of the code. */
  readonly rows: number
  /** Tolerances on offer, ascending. */
  readonly tolerances: readonly number[]
  readonly isMixed: boolean
  /** The data partitions of each of the n blocks. */
  readonly blocks: readonly (readonly PartitionIndex[])[]
}

export interface CodedPolicy {
  readonly name: string
  readonly meaning: string
  readonly settings: RoundLogic<CodedPlan>['settings']
  /** Tolerances on offer with n workers, ascending, each below n. */
  tolerances(settings: StrategySettings, n: number): readonly number[]
  isMixed(settings: StrategySettings): boolean
  /** Who takes which row, in the order of rows, and how many partitions its own block has; nobody has none. */
  place(
    members: readonly Member[],
    context: PlacingContext,
  ): readonly { readonly member: Member; readonly size: number }[]
}

/** Of every coded policy. */
const errorSetting: SettingDescription = {
  name: 'errorMax',
  meaning: 'Relative error that rounding may be expected to leave in a decoded sum; else more answers are awaited.',
  default: 1e-4,
  min: 1e-7,
  max: 1,
}

export interface PlacingContext {
  readonly settings: StrategySettings
  readonly fleet: Fleet
}

/** By name, not by speed, with equal blocks: a code of the paper knows nothing of its workers. */
export function placeEvenly(
  members: readonly Member[],
  { settings }: PlacingContext,
): { member: Member; size: number }[] {
  // A block needs a partition at least; of more workers than that the fastest are taken.
  const chosen = members.slice(0, settings.partitions).sort((one, other) => (one.worker < other.worker ? -1 : 1))
  const sizes = evenShares(settings.partitions, chosen.length)
  return chosen.map((member, i) => ({ member, size: sizes[i]! }))
}

/**
 * Blocks that are predicted to end together, in a ring in which neighbours are alike: up the odd places and down the
 * even ones. So whoever goes on to a neighbour's block goes on to one of its own kind.
 */
export function placeBySpeed(
  members: readonly Member[],
  { settings, fleet }: PlacingContext,
): { member: Member; size: number }[] {
  const speed = speedsOf(fleet)
  const sizes = shareOut(
    settings.partitions,
    members.map(member => laneOf(speed(member))),
  )
  const placed = members.map((member, i) => ({ member, size: sizes[i]! })).filter(({ size }) => size > 0)
  const odd = placed.filter((_, i) => i % 2 === 1)
  return [...placed.filter((_, i) => i % 2 === 0), ...odd.reverse()]
}

export function codedRounds(policy: CodedPolicy, isNested: boolean): RoundLogic<CodedPlan> {
  return {
    name: policy.name,
    meaning: policy.meaning,
    promise: 'whole-gradient',
    heedsProgress: isNested,
    settings: [...policy.settings, errorSetting],
    open(members, context) {
      const { settings } = context
      const placed = policy.place(members, context)
      const plan: CodedPlan = {
        rows: placed.length,
        tolerances: policy.tolerances(settings, placed.length),
        isMixed: policy.isMixed(settings),
        blocks: consecutiveBlocks(placed.map(({ size }) => size)),
      }
      const assignments = placed.map(({ member }, row) => assignment(plan, member.worker, row))
      const given = assignments.reduce((sum, { expected }) => sum + expected, 0)
      return { plan, assignments, redundancy: given / settings.partitions }
    },
    advance: advanceCode,
  }
}

const codeOf = ({ rows, tolerances, isMixed }: CodedPlan): NestedCyclicCode =>
  nestedCyclicCode(rows, tolerances.at(-1)!, isMixed)

/** After how many partitions in task order a row has reached a level. */
const coverOf = ({ blocks, rows }: CodedPlan, row: number, tolerance: number): number => {
  let count = 0
  for (let m = 0; m <= tolerance; m++) count += blocks[(row + m) % rows]!.length
  return count
}

function assignment(plan: CodedPlan, worker: WorkerId, row: number): Assignment {
  const { tolerances, rows, blocks } = plan
  const code = codeOf(plan)
  const order = Array.from({ length: tolerances.at(-1)! + 1 }, (_, m) => blocks[(row + m) % rows]!)
  const levels = tolerances.map(tolerance => ({
    upTo: coverOf(plan, row, tolerance),
    weights: code.rows(tolerance)[row]!.weights.flatMap((weight, m) => order[m]!.map(() => weight)),
  }))
  const upload = tolerances.length === 1 ? 'when-done' : 'on-request'
  const work: Work = { partitions: order.flat(), levels, upload }
  return { worker, slot: `${row}`, work, expected: levels[0]!.upTo, queuedMs: 0 }
}

/** Where a row stands: the tolerances it has answered at, and what its living holder could send. */
interface Row {
  readonly answers: ReadonlyMap<number, Lease>
  /** The furthest living holder, and the index of the highest tolerance it has announced; -1: none yet. */
  readonly holder: Lease | null
  readonly reached: number
  /** The tolerance that was asked for and is still waited for. */
  readonly promised: number | null
}

function advanceCode(view: View<CodedPlan>): Advance<CodedPlan> {
  const { at, settings, fleet, round } = view
  let wakeAt = Infinity
  const rows = readRows(view, until => {
    wakeAt = Math.min(wakeAt, until)
  })
  const decoded = decodeRows(view, rows)
  if (decoded !== undefined && decoded !== 'inexact') return { close: decoded }
  const isInexact = decoded === 'inexact'
  const request = round.plan.tolerances.length > 1 ? chooseRequests(view, rows, isInexact) : []
  for (const { lease } of request) {
    const asked = round.leases.find(({ id }) => id === lease)!
    wakeAt = Math.min(wakeAt, at + uploadPatience(asked, fleet, settings.leaseMs))
  }
  const replaced = replaceLost(view, rows, isInexact)
  wakeAt = Math.min(wakeAt, replaced.wakeAt)
  return { request, assign: replaced.assign, ...(wakeAt === Infinity ? {} : { wakeAt }) }
}

function readRows({ at, settings, fleet, round }: View<CodedPlan>, wakeBy: (at: Milliseconds) => void): Row[] {
  const { plan } = round
  const rows = Array.from({ length: plan.rows }, () => ({
    answers: new Map<number, Lease>(),
    holder: null as Lease | null,
    reached: -1,
    promised: null as number | null,
  }))
  const indexAt = (row: number, covers: number): number =>
    plan.tolerances.findLastIndex(tolerance => coverOf(plan, row, tolerance) <= covers)
  for (const lease of round.leases) {
    const index = Number(lease.slot)
    const row = rows[index]!
    if (lease.result !== null) row.answers.set(plan.tolerances[indexAt(index, lease.result.covers)]!, lease)
    const until = heldUntil(lease, fleet, settings.leaseMs)
    if (until <= at) continue
    if (until < Infinity) wakeBy(until)
    const reached = indexAt(index, lease.finished)
    if (row.holder === null || reached > row.reached) {
      row.holder = lease
      row.reached = reached
    }
    if (isAwaited(lease)) row.promised = plan.tolerances[indexAt(index, lease.requested!.covers)]!
  }
  return rows
}

const isAwaited = ({ requested, result }: Lease): boolean =>
  requested !== null && requested.covers > (result?.covers ?? 0)

/** Until when more is hoped for from a lease; -Infinity: nothing will come of it. */
function heldUntil(lease: Lease, fleet: Fleet, leaseMs: Milliseconds): Milliseconds {
  if (lease.hasLeft || lease.lostAt !== null || lease.endedAt !== null) return -Infinity
  if (lease.work.upload === 'when-done') return lease.result === null ? lease.heardAt + leaseMs : -Infinity
  if (isAwaited(lease) && lease.finished >= lease.requested!.covers) return answerDueAt(lease, fleet, leaseMs)
  // Having answered, or told all there is to tell, it need not say more to be here.
  const isQuiet = lease.finished === lease.work.partitions.length || (lease.result !== null && !isAwaited(lease))
  return isQuiet ? Infinity : lease.heardAt + leaseMs
}

const hasAnswered = ({ isMixed }: CodedPlan, { answers }: Row, tolerance: number): boolean =>
  isMixed ? [...answers.keys()].some(level => level >= tolerance) : answers.has(tolerance)

const isPromised = ({ isMixed }: CodedPlan, { promised }: Row, tolerance: number): boolean =>
  promised !== null && (isMixed ? promised >= tolerance : promised === tolerance)

/** A lease answers upwards only: what has been sent or asked for at a higher level is not asked for at a lower one. */
const mayBeAsked = ({ holder, answers, promised }: Row, tolerance: number): boolean =>
  holder !== null &&
  (promised === null || promised < tolerance) &&
  ![...answers.keys()].some(level => level >= tolerance)

/** Whether a row may yet be had at a tolerance. */
const isFeasible = (plan: CodedPlan, row: Row, tolerance: number): boolean =>
  hasAnswered(plan, row, tolerance) || isPromised(plan, row, tolerance) || mayBeAsked(row, tolerance)

/** The closing, if what has arrived is decodable; `inexact`: by number it is, but rounding would show. */
function decodeRows(view: View<CodedPlan>, rows: readonly Row[]): Closing | 'inexact' | undefined {
  const { plan } = view.round
  const n = plan.rows
  const answered = (tolerance: number) => rows.filter(row => hasAnswered(plan, row, tolerance)).length
  if (!plan.tolerances.some(tolerance => answered(tolerance) >= n - tolerance)) return undefined
  const answers = rows.flatMap((row, worker) => [...row.answers.keys()].map(level => ({ worker, level })))
  const decoding = codeOf(plan).decode(answers)
  if (decoding === undefined || !isExact(decoding, Number(view.settings.own[errorSetting.name]))) return 'inexact'
  const exceeded = new Set(view.round.leases.flatMap(lease => (lease.isOpening ? [] : [lease.slot]))).size
  return {
    answers: decoding.terms
      .filter(({ weight }) => weight !== 0)
      .map(({ worker, level, weight }) => ({ lease: rows[worker]!.answers.get(level)!, weight })),
    counted: null,
    exceeded,
  }
}

interface LeaseRequest {
  readonly lease: LeaseId
  readonly covers: number
}

/** The lowest tolerance s that n − s have reached is asked of n − s of them; of one more where rounding would show. */
function chooseRequests({ round }: View<CodedPlan>, rows: readonly Row[], isInexact: boolean): LeaseRequest[] {
  const { plan } = round
  const n = plan.rows
  for (const [index, tolerance] of plan.tolerances.entries()) {
    const answered = rows.filter(row => hasAnswered(plan, row, tolerance)).length
    const settled = rows.filter(row => hasAnswered(plan, row, tolerance) || isPromised(plan, row, tolerance)).length
    const able = rows.flatMap((row, i) => (row.reached >= index && mayBeAsked(row, tolerance) ? [{ row, i }] : []))
    const wanted = isInexact && answered >= n - tolerance ? answered + 1 : n - tolerance
    if (settled + able.length < wanted) continue
    return able
      .sort((one, other) => (one.row.holder!.announcedAt ?? 0) - (other.row.holder!.announcedAt ?? 0))
      .slice(0, Math.max(0, wanted - settled))
      .map(({ row, i }) => {
        const level = plan.isMixed ? plan.tolerances[row.reached]! : tolerance
        return { lease: row.holder!.id, covers: coverOf(plan, i, level) }
      })
  }
  return goOn(plan, rows, isInexact)
}

/** Somebody was lost after others had been asked, and so had stopped: they go on to the level that may still be had. */
function goOn(plan: CodedPlan, rows: readonly Row[], isInexact: boolean): LeaseRequest[] {
  const stopped = ({ holder }: Row) => holder !== null && (holder.requested !== null || holder.result !== null)
  const next = plan.tolerances.find(tolerance => {
    const feasible = rows.filter(row => isFeasible(plan, row, tolerance)).length
    const answered = rows.filter(row => hasAnswered(plan, row, tolerance)).length
    return feasible >= plan.rows - tolerance && !(isInexact && answered >= feasible)
  })
  if (next === undefined) return []
  return rows.flatMap((row, i) =>
    stopped(row) && mayBeAsked(row, next) ? [{ lease: row.holder!.id, covers: coverOf(plan, i, next) }] : [],
  )
}

/** Rows of the lost go to those who have nothing to do, as many as it takes to decode. */
function replaceLost(
  { at, settings, fleet, round }: View<CodedPlan>,
  rows: readonly Row[],
  isInexact: boolean,
): { assign: Assignment[]; wakeAt: Milliseconds } {
  const { plan } = round
  const deepest = plan.tolerances.at(-1)!
  const orphaned = rows.flatMap((row, i) => (isFeasible(plan, row, deepest) ? [] : [i]))
  // Where everything that can come has come and rounding would still show, every missing row is of use.
  const isWaiting = rows.some(row => row.holder !== null && !hasAnswered(plan, row, deepest))
  const missing = isInexact && !isWaiting ? orphaned.length : Math.max(0, orphaned.length - deepest)
  if (missing === 0) return { assign: [], wakeAt: Infinity }
  const restMs = restAfterRefusalMs(settings)
  const isBusy = (worker: WorkerId) =>
    round.leases.some(
      lease =>
        lease.worker === worker &&
        lease.lostAt === null &&
        lease.endedAt === null &&
        lease.result === null &&
        (lease.work.upload === 'when-done' || lease.finished < lease.work.partitions.length),
    )
  const restedAt = ({ worker }: Member): Milliseconds =>
    round.leases.reduce(
      (latest, lease) =>
        lease.worker === worker && lease.lostAt !== null && !lease.hasLeft
          ? Math.max(latest, lease.lostAt + restMs)
          : latest,
      0,
    )
  const idle = fleet.filter(member => !isSilent(member, at) && !isBusy(member.worker))
  const free = idle.filter(member => restedAt(member) <= at)
  // More than are missing, where somebody is free: one of them may be lost as well.
  const assign = orphaned.slice(0, free.length).map((row, i) => assignment(plan, free[i]!.worker, row))
  const resting = idle.filter(member => restedAt(member) > at)
  const wakeAt = assign.length < missing ? Math.min(Infinity, ...resting.map(restedAt)) : Infinity
  return { assign, wakeAt }
}
