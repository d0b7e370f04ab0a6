// What a policy knows of its workers: who is here, how fast each has been, who has fallen silent.
// Speeds are learnt per worker from its own past (exponential averages); a worker is judged by nothing else.

import type { Capabilities, LeaseId, Milliseconds, WorkerId } from '@muster/vocabulary'

/** Weight of the newest observation: a lasting change of speed shows as straggling for a few rounds, then is known. */
const learningWeight = 0.2
/** So many partitions tell a speed as well as a whole lease does. */
const partitionsOfFullWeight = 8
/** Later than this many times its own predicted time makes a straggler. */
const lateFactor = 2
/** A prediction from others' speeds is only a guess. */
const lateFactorOfNewcomers = 6
/** Scheduling noise of a busy machine is no straggling. */
const graceMs = 60
/** A first lease waits for its data to be downloaded, which no claim foresees. */
const graceOfNewcomersMs = 1500

/** So many who left are remembered, beside as many as are here. */
export const departedMax = 4

export interface OpenLease {
  readonly lease: LeaseId
  /** When a word is due: late, or a lease's time after it began. */
  readonly dueAt: Milliseconds
}

export interface Member {
  readonly worker: WorkerId
  /** Its own claim after warm-up: used only until it has been observed. */
  readonly claimedMsPerPartition: Milliseconds
  /** Learnt, averaged in the log domain; null for a newcomer. */
  readonly msPerPartition: Milliseconds | null
  /** How many observations it rests on. */
  readonly observations: number
  /** Learnt: what an answer takes besides computing (parameters, data, upload, messages). */
  readonly overheadMs: Milliseconds | null
  readonly heardAt: Milliseconds
  /** Leases it has neither answered nor ended, of any round. */
  readonly open: readonly OpenLease[]
}

export type Fleet = readonly Member[]

export const findMember = (fleet: Fleet, worker: WorkerId): Member | undefined =>
  fleet.find(member => member.worker === worker)

/** `known`: what was learnt of it before it left. */
export const joinFleet = (
  fleet: Fleet,
  worker: WorkerId,
  capabilities: Capabilities,
  at: Milliseconds,
  known?: Member,
): Fleet => [
  ...leaveFleet(fleet, worker),
  {
    worker,
    claimedMsPerPartition: Math.max(1e-3, capabilities.msPerPartition),
    msPerPartition: known?.msPerPartition ?? null,
    observations: known?.observations ?? 0,
    overheadMs: known?.overheadMs ?? null,
    heardAt: at,
    open: [],
  },
]

export const leaveFleet = (fleet: Fleet, worker: WorkerId): Fleet => fleet.filter(member => member.worker !== worker)

export function changeMember(fleet: Fleet, worker: WorkerId, change: (member: Member) => Member): Fleet {
  const index = fleet.findIndex(member => member.worker === worker)
  if (index < 0) return fleet
  const changed = fleet.slice()
  changed[index] = change(fleet[index]!)
  return changed
}

export const hear = (fleet: Fleet, worker: WorkerId, at: Milliseconds): Fleet =>
  changeMember(fleet, worker, member => ({ ...member, heardAt: at }))

/** Silent: a lease fell due and nothing was heard since. It gets no work until it speaks. */
export const isSilent = (member: Member, at: Milliseconds): boolean =>
  member.open.some(({ dueAt }) => at > dueAt && member.heardAt <= dueAt)

export interface Observation {
  /** Partitions the worker was given, and those it finished. */
  readonly partitions: number
  readonly finished: number
  readonly computeMs: Milliseconds
  /** From assignment to answer; null if it did not answer or began late. */
  readonly elapsedMs: Milliseconds | null
}

/** Closes a lease and learns from it. */
export function observe(fleet: Fleet, worker: WorkerId, lease: LeaseId, seen: Observation): Fleet {
  return changeMember(fleet, worker, member => {
    const open = member.open.filter(other => other.lease !== lease)
    // A tab may claim any computing time; it cannot have taken longer than the coordinator waited.
    const computeMs = seen.elapsedMs === null ? seen.computeMs : Math.min(seen.computeMs, seen.elapsedMs)
    const pace = observedPace(member, { ...seen, computeMs })
    const overhead = seen.elapsedMs === null ? null : seen.elapsedMs - computeMs
    return {
      ...member,
      open,
      msPerPartition: pace === null ? member.msPerPartition : learnPace(member, pace, seen, computeMs),
      observations: member.observations + (pace === null ? 0 : 1),
      overheadMs:
        overhead === null ? forgetOverheadMs(member.overheadMs, fleet) : learnOverheadMs(member.overheadMs, overhead),
    }
  })
}

/**
 * Where nothing was seen, what was known gives way to what is usual: a tab whose one answer was held up by its
 * downloads would never again be given a block of its own, and so never show that it has become quick.
 */
function forgetOverheadMs(known: Milliseconds | null, fleet: Fleet): Milliseconds | null {
  if (known === null) return null
  const usual = usualOverheadMs(fleet) ?? known
  return known + 0.1 * (usual - known)
}

/** The median of what is known. */
export const usualOverheadMs = (fleet: Fleet): Milliseconds | undefined =>
  median(fleet.flatMap(m => (m.overheadMs === null ? [] : [m.overheadMs])))

export const learnOverheadMs = (known: Milliseconds | null, seen: Milliseconds): Milliseconds =>
  known === null ? seen : (1 - learningWeight) * known + learningWeight * seen

function observedPace(member: Member, { finished, computeMs }: Observation): Milliseconds | null {
  if (finished > 0) return Math.max(1e-3, computeMs / finished)
  // Not even one partition: a lower bound, of use only when it exceeds what was believed.
  return member.msPerPartition !== null && computeMs > member.msPerPartition ? computeMs : null
}

/**
 * A few partitions of a long lease say less than all of them, unless they took as long as all should have. The first
 * observations count more (a running mean): a newcomer's very first lease is its worst.
 */
function learnPace(member: Member, pace: Milliseconds, seen: Observation, computeMs: Milliseconds): Milliseconds {
  const known = member.msPerPartition
  if (known === null) return pace
  // A worker whose own leaf is empty was given nothing and may yet have computed for others.
  const given = Math.max(1, seen.partitions)
  const part = Math.max(seen.finished / Math.min(given, partitionsOfFullWeight), computeMs / (known * given))
  const weight = Math.max(learningWeight, 1 / (member.observations + 1)) * Math.min(1, part)
  return Math.exp((1 - weight) * Math.log(known) + weight * Math.log(pace))
}

export interface Speed {
  readonly msPerPartition: Milliseconds
  readonly overheadMs: Milliseconds
  readonly isGuess: boolean
}

/**
 * Of an answer's cost besides computing, what is left when the parameters are there already: download and upload are
 * of one size.
 */
export const repeatOverheadMs = (speed: Speed): Milliseconds => 0.55 * speed.overheadMs

/**
 * Speeds to plan with. A newcomer's is its claim, corrected by how the claims of the others turned out
 * (all tabs of one machine claim too much when they are measured one after another).
 */
export function speedsOf(fleet: Fleet): (member: Member) => Speed {
  // Medians are asked for rarely, speeds at every event.
  let ratio: number | null = null
  let overhead: number | null = null
  const usualRatio = () =>
    (ratio ??=
      median(fleet.flatMap(m => (m.msPerPartition === null ? [] : [m.msPerPartition / m.claimedMsPerPartition]))) ?? 1)
  const usualOverhead = () => (overhead ??= usualOverheadMs(fleet) ?? 0)
  return member => ({
    msPerPartition: member.msPerPartition ?? member.claimedMsPerPartition * usualRatio(),
    overheadMs: member.overheadMs ?? usualOverhead(),
    isGuess: member.msPerPartition === null,
  })
}

/** When an answer to `partitions`, begun at `from`, is late. */
export function lateTime(speed: Speed, partitions: number, from: Milliseconds): Milliseconds {
  const predicted = speed.overheadMs + partitions * speed.msPerPartition
  const [factor, grace] = speed.isGuess ? [lateFactorOfNewcomers, graceOfNewcomersMs] : [lateFactor, graceMs]
  return from + Math.max(factor * predicted, predicted + grace)
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
