// Rounds in which work is pulled: every tab holds a few small chunks, and gets the next when it has answered one. Each
// chunk is uploaded on its own.

import { consecutive } from '@muster/gradient-codes'
import type { Milliseconds, PartitionIndex, WorkerId } from '@muster/vocabulary'
import { type Assignment, isRunning, type Lease, type View } from './exact-state.ts'
import { isSilent, type Member, type Speed } from './fleet.ts'
import { restAfterRefusalMs } from './patience.ts'
import type { SettingDescription } from './strategy.ts'

/** One chunk in computing, one on its way: the device and the uplink are both kept busy. */
export const chunksHeld = 2

export const chunksSetting: SettingDescription = {
  name: 'chunksPerWorker',
  meaning: 'Chunks for each tab, were all equally fast. More balance better and upload more.',
  default: 4,
  min: 1,
  max: 64,
  whole: true,
}

/** Partitions of a chunk. */
export const chunkSize = (partitions: number, workers: number, chunksPerWorker: number): number =>
  Math.max(1, Math.ceil(partitions / (workers * chunksPerWorker)))

export function cutIntoChunks(partitions: number, size: number): PartitionIndex[][] {
  const count = Math.ceil(partitions / size)
  const sizes = Array.from({ length: count }, (_, c) => Math.min(size, partitions - c * size))
  return consecutive([...Array(partitions).keys()], sizes)
}

export function chunkAssignment(
  worker: WorkerId,
  slot: string,
  partitions: readonly PartitionIndex[],
  queuedMs: Milliseconds,
  isFresh = true,
): Assignment {
  const count = partitions.length
  const work = { partitions, levels: [{ upTo: count }], upload: 'when-done' } as const
  return { worker, slot, work, expected: count, queuedMs, isFresh }
}

export interface Puller {
  readonly member: Member
  readonly speed: Speed
  readonly running: readonly Lease[]
  /** Until it is predicted to have computed what it holds. */
  readonly busyMs: Milliseconds
}

/** Who may be given more, and when those who rest may be again. */
export function pullersOf<Plan>(
  { at, settings, fleet, round }: View<Plan>,
  speed: (member: Member) => Speed,
): { readonly pullers: Puller[]; readonly restedAt: Milliseconds } {
  const held = new Map<WorkerId, Lease[]>()
  const resting = new Map<WorkerId, Milliseconds>()
  const restMs = restAfterRefusalMs(settings)
  for (const lease of round.leases) {
    if (isRunning(lease)) held.set(lease.worker, [...(held.get(lease.worker) ?? []), lease])
    else if (lease.lostAt !== null && !lease.hasLeft && lease.lostAt + restMs > at)
      resting.set(lease.worker, lease.lostAt + restMs)
  }
  const here = fleet.filter(member => !isSilent(member, at))
  const pullers = here
    .filter(({ worker }) => !resting.has(worker))
    .map((member): Puller => {
      const running = held.get(member.worker) ?? []
      const pace = speed(member)
      const left = running.reduce((sum, { expected, finished }) => sum + expected - finished, 0)
      const heardAt = running.reduce((latest, lease) => Math.max(latest, lease.heardAt), 0)
      const busyMs = running.length === 0 ? 0 : Math.max(0, left * pace.msPerPartition - (at - heardAt))
      return { member, speed: pace, running, busyMs }
    })
  return { pullers, restedAt: Math.min(Infinity, ...resting.values()) }
}
