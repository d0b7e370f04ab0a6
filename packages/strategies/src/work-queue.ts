// A work queue: small chunks, pulled as tabs become free; at the tail the idle repeat what would end last. Exact: the
// first answer of each chunk counts.

import type { PartitionIndex, ReleaseReason } from '@muster/vocabulary'
import { exactStrategy } from './exact-round.ts'
import { type Advance, type Assignment, isRunning, type Lease, plainSum, type View } from './exact-state.ts'
import { speedsOf } from './fleet.ts'
import {
  chunkAssignment,
  chunkSize,
  chunksHeld,
  chunksSetting,
  cutIntoChunks,
  type Puller,
  pullersOf,
} from './pull-rounds.ts'

interface QueuePlan {
  readonly chunks: readonly (readonly PartitionIndex[])[]
}

/** Holders of one chunk at a time, copies of the tail included. */
const holdersMax = 3

export const workQueue = exactStrategy<QueuePlan>({
  name: 'work-queue',
  meaning: 'Small chunks, pulled as tabs become free and each uploaded on its own; idle tabs repeat the tail.',
  promise: 'whole-gradient',
  heedsProgress: false,
  settings: [chunksSetting],
  open(members, { settings, fleet }) {
    const size = chunkSize(settings.partitions, members.length, Number(settings.own.chunksPerWorker))
    const chunks = cutIntoChunks(settings.partitions, size)
    const speed = speedsOf(fleet)
    const assignments: Assignment[] = []
    for (let turn = 0; turn < chunksHeld; turn++) {
      for (const member of members) {
        const c = assignments.length
        if (c >= chunks.length) break
        assignments.push(chunkAssignment(member.worker, `${c}`, chunks[c]!, turn * size * speed(member).msPerPartition))
      }
    }
    return { plan: { chunks }, assignments, redundancy: 1 }
  },
  advance: advanceQueue,
})

function advanceQueue(view: View<QueuePlan>): Advance<QueuePlan> {
  const { at, settings, fleet, round } = view
  const { chunks } = round.plan
  const answers: (Lease | undefined)[] = new Array(chunks.length).fill(undefined)
  const holders: Lease[][] = chunks.map(() => [])
  let wakeAt = Infinity
  for (const lease of round.leases) {
    const c = Number(lease.slot)
    if (lease.result !== null) answers[c] ??= lease
    else if (isRunning(lease)) holders[c]!.push(lease)
  }
  if (answers.every(answer => answer !== undefined)) return { close: plainSum(answers as Lease[], 0) }
  const release = holders
    .filter((_, c) => answers[c] !== undefined)
    .flat()
    .map(({ id }) => ({ lease: id, reason: 'block-covered' as ReleaseReason }))
  const overdueAt = (lease: Lease) => Math.min(lease.lateAt, lease.heardAt + settings.leaseMs)
  const waiting: number[] = []
  chunks.forEach((_, c) => {
    if (answers[c] !== undefined) return
    const until = Math.max(-Infinity, ...holders[c]!.map(overdueAt))
    if (until <= at) waiting.push(c)
    else wakeAt = Math.min(wakeAt, until)
  })
  const speed = speedsOf(fleet)
  const { pullers, restedAt } = pullersOf(view, speed)
  // Whoever is overdue with something is not given more.
  const able = pullers.filter(({ running }) => running.every(lease => overdueAt(lease) > at))
  const assign = [...pullWaiting(waiting, able, view, holders), ...repeatTail(waiting, able, view, answers, holders)]
  if (waiting.length > assign.length) wakeAt = Math.min(wakeAt, restedAt)
  return { assign, release, ...(wakeAt === Infinity ? {} : { wakeAt }) }
}

/** Chunks nobody is at work on go to those who hold fewest, the fastest first. */
function pullWaiting(
  waiting: readonly number[],
  able: readonly Puller[],
  { round }: View<QueuePlan>,
  holders: readonly (readonly Lease[])[],
): Assignment[] {
  const loads = able
    .map(puller => ({ puller, held: puller.running.length, busyMs: puller.busyMs }))
    .sort((one, other) => one.puller.speed.msPerPartition - other.puller.speed.msPerPartition)
  const assign: Assignment[] = []
  for (const c of waiting) {
    const partitions = round.plan.chunks[c]!
    const isHolder = ({ puller }: (typeof loads)[number]) =>
      holders[c]!.some(lease => lease.worker === puller.member.worker)
    const open = loads.filter(load => load.held < chunksHeld && !isHolder(load))
    if (open.length === 0) continue
    const chosen = open.reduce((best, load) => (load.held < best.held ? load : best))
    const isFresh = !round.leases.some(({ slot }) => slot === `${c}`)
    assign.push(chunkAssignment(chosen.puller.member.worker, `${c}`, partitions, chosen.busyMs, isFresh))
    chosen.held++
    chosen.busyMs += partitions.length * chosen.puller.speed.msPerPartition
  }
  return assign
}

/** With nothing left to pull, an idle tab repeats the chunk predicted to end last, if it will be there sooner. */
function repeatTail(
  waiting: readonly number[],
  able: readonly Puller[],
  { at, fleet, round }: View<QueuePlan>,
  answers: readonly (Lease | undefined)[],
  holders: readonly (readonly Lease[])[],
): Assignment[] {
  if (waiting.length > 0) return []
  const idle = able.filter(({ running }) => running.length === 0)
  if (idle.length === 0) return []
  const speed = speedsOf(fleet)
  const members = new Map(fleet.map(member => [member.worker, member]))
  const copies = holders.map(({ length }) => length)
  const endOf = (lease: Lease): number => {
    const member = members.get(lease.worker)
    if (!member) return Infinity
    const { msPerPartition, overheadMs } = speed(member)
    // What was given to its holder before comes first.
    const ahead = round.leases.reduce(
      (sum, other) =>
        other.worker === lease.worker && other.id <= lease.id && isRunning(other)
          ? sum + other.expected - other.finished
          : sum,
      0,
    )
    return Math.max(at, lease.heardAt + ahead * msPerPartition) + overheadMs
  }
  const ends = new Map<number, number>()
  holders.forEach((held, c) => {
    if (answers[c] === undefined && held.length > 0) ends.set(c, Math.min(...held.map(endOf)))
  })
  const assign: Assignment[] = []
  for (const { member, speed: pace } of [...idle].sort((a, b) => a.speed.msPerPartition - b.speed.msPerPartition)) {
    let last: number | null = null
    for (const [c, end] of ends) {
      if (copies[c]! >= holdersMax || holders[c]!.some(lease => lease.worker === member.worker)) continue
      if (last === null || end > ends.get(last)!) last = c
    }
    if (last === null) continue
    const partitions = round.plan.chunks[last]!
    const ownEnd = at + pace.overheadMs + partitions.length * pace.msPerPartition
    if (ownEnd >= ends.get(last)!) continue
    assign.push(chunkAssignment(member.worker, `${last}`, partitions, 0, false))
    copies[last] = copies[last]! + 1
    ends.set(last, ownEnd)
  }
  return assign
}
