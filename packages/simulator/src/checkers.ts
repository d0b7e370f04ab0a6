// Judges of a simulated run. They see what the machine did, never why; scenarios stir, checkers judge.

import type { RunEffect, TrainingRun } from '@muster/engine'
import type { LeaseId, ModelVersion, PartitionIndex, RoundNumber } from '@muster/vocabulary'
import type { VirtualSum } from './virtual-sum.ts'

export interface AppliedTerm {
  readonly weight: number
  /** Local steps it is the sum of; 1: a plain sum. */
  readonly steps: number
  /** Partitions the vector really holds, and the model version it was really computed on. */
  readonly partitions: readonly { readonly partition: PartitionIndex; readonly weight: number }[]
  readonly modelVersion: ModelVersion
}

/** I1: each round is applied exactly once, in order. */
export function checkOrder(previous: RoundNumber | null, round: RoundNumber, first: RoundNumber): string[] {
  const expected = previous === null ? first : previous + 1
  return round === expected ? [] : [`I1: round ${round} was applied where ${expected} was due`]
}

/**
 * I2: the applied gradient counts each partition exactly once; an approximate one counts whole partition gradients, as
 * many as it says (`counted`).
 */
export function checkCover(
  round: RoundNumber,
  terms: readonly AppliedTerm[],
  partitions: number,
  counted: number | null,
): string[] {
  const counts = countPartitions(terms, partitions)
  if (counted !== null) {
    const total = counts.reduce((sum, count) => sum + count, 0)
    const isWhole = counts.every(count => Number.isInteger(count) && count >= 0)
    return total === counted && isWhole ? [] : [`I2: round ${round} counts ${total} partitions and says ${counted}`]
  }
  const wrong = counts.findIndex(count => Math.abs(count - 1) > 1e-6)
  return wrong < 0 ? [] : [`I2: round ${round} counts partition ${wrong} ${counts[wrong]} times`]
}

/** Of a round's sum: what was added for one segment of the coordinates. */
export interface AddedTile {
  readonly segment: number
  readonly partitions: readonly { readonly partition: PartitionIndex; readonly weight: number }[]
  readonly modelVersion: ModelVersion
}

/**
 * I2 and I3 of a round that is tiled: at every coordinate each partition exactly once, all at the model of the round,
 * and nothing else beside the tiles.
 */
export function checkTiles(
  round: RoundNumber,
  version: ModelVersion,
  segments: readonly (readonly AddedTile[])[],
  terms: number,
  partitions: number,
): string[] {
  const problems = terms === 0 ? [] : [`I2: round ${round} adds ${terms} vectors to its tiles`]
  segments.forEach((tiles, segment) => {
    const counts = new Float64Array(partitions)
    for (const { partitions: held, modelVersion } of tiles) {
      for (const { partition } of held) counts[partition] = counts[partition]! + 1
      if (modelVersion !== version)
        problems.push(`I3: round ${round} (version ${version}) adds a tile of version ${modelVersion}`)
    }
    const wrong = counts.findIndex(count => count !== 1)
    if (wrong >= 0)
      problems.push(`I2: round ${round} counts partition ${wrong} ${counts[wrong]} times in segment ${segment}`)
  })
  return problems
}

/** How often the applied terms count each partition. */
export function countPartitions(terms: readonly AppliedTerm[], partitions: number): Float64Array {
  const counts = new Float64Array(partitions)
  for (const { weight, partitions: held } of terms)
    for (const { partition, weight: b } of held) counts[partition] = counts[partition]! + weight * b
  return counts
}

/** I3: no result computed on another model version than its round's. */
export const checkVersions = (round: RoundNumber, version: ModelVersion, terms: readonly AppliedTerm[]): string[] =>
  terms
    .filter(term => term.modelVersion !== version)
    .map(term => `I3: round ${round} (version ${version}) applies a result of version ${term.modelVersion}`)

/**
 * I2 and I3 where results of earlier models are combined: as many results as it says, each counted at most as the mean
 * over its samples, and none staler than the bound (undefined: there is none).
 */
export function checkStaleness(
  round: RoundNumber,
  version: ModelVersion,
  terms: readonly AppliedTerm[],
  counted: number | null,
  bound: number | undefined,
): string[] {
  const problems: string[] = []
  if (counted !== terms.length) problems.push(`I2: round ${round} combines ${terms.length} results and says ${counted}`)
  for (const { weight, partitions, steps, modelVersion } of terms) {
    const share = (weight * partitions.length) / steps
    if (!(share > 0 && share <= 1 + 1e-9)) problems.push(`I2: round ${round} counts a result ${share} times`)
    const staleness = version - modelVersion
    if (staleness < 0 || staleness > (bound ?? Infinity))
      problems.push(`I3: round ${round} applies a result ${staleness} versions behind (bound ${bound})`)
  }
  return problems
}

/**
 * I2 and I3 where the model is exchanged with workers' own parameters: one worker's at a time, the model moved between
 * where it was and where they are, and of each worker every exchange once and in the order of its leases.
 * @param exchanged by the parameters' serial number, the last lease that was exchanged: written to
 */
export function checkExchange(
  round: RoundNumber,
  terms: readonly (Pick<AppliedTerm, 'weight'> & { readonly of: Pick<VirtualSum, 'replica'> })[],
  exchanged: Map<number, LeaseId>,
): string[] {
  if (terms.length !== 1) return [`I2: round ${round} exchanges with ${terms.length} workers`]
  const { weight, of } = terms[0]!
  if (of.replica === null) return [`I2: round ${round} exchanges with a sum of gradients`]
  const { replica, lease } = of.replica
  const last = exchanged.get(replica.serial) ?? 0
  exchanged.set(replica.serial, lease)
  return [
    ...(weight >= 0 && weight <= 1 ? [] : [`I2: round ${round} moves the model by ${weight}`]),
    ...(lease > last ? [] : [`I3: round ${round} exchanges lease ${lease} after lease ${last}`]),
  ]
}

/** I2 and I3 where the mean of peers' estimates is taken: equal shares, all as they were after the same iteration. */
export function checkMeanOfPeers(
  round: RoundNumber,
  terms: readonly (Pick<AppliedTerm, 'weight'> & { readonly of: Pick<VirtualSum, 'estimate'> })[],
): string[] {
  const names = new Set(
    terms.map(({ of }) => (of.estimate ? `${of.estimate.generation}.${of.estimate.iteration}` : '?')),
  )
  const isEven = terms.every(({ weight }) => Math.abs(weight * terms.length - 1) < 1e-9)
  return [
    ...(isEven ? [] : [`I2: round ${round} weighs estimates unevenly`]),
    ...(names.size === 1 && !names.has('?')
      ? []
      : [`I3: round ${round} takes estimates after ${[...names].join(', ')}`]),
  ]
}

/** I5: tables, queues and memory stay bounded. */
export function checkBounds(run: TrainingRun<unknown>, queueSize: number, heldVectors: number): string[] {
  const workers = Math.max(1, run.roster.length)
  const problems: string[] = []
  const bound = (what: string, size: number, max: number) => {
    if (size > max) problems.push(`I5: ${what} grew to ${size} (bound ${max}) with ${workers} workers`)
  }
  // A round may re-issue each block to each worker at most once; over three rounds, churn included.
  bound('leases', run.leases.length, 400 + 60 * workers)
  bound('held results', heldVectors, 100 + 10 * workers)
  bound('state of the strategy', JSON.stringify(run.strategyState).length, 200_000 + 40_000 * workers)
  bound('event queue', queueSize, 10_000)
  return problems
}

/** I6: while somebody is able to work, a round ends within its bound. */
export const checkProgress = (round: RoundNumber, ms: number, boundMs: number): string[] =>
  ms <= boundMs ? [] : [`I6: round ${round} took ${ms} ms (bound ${boundMs})`]

/** One applied combination, as seen from outside. */
export type Combination = Extract<RunEffect, { type: 'apply-combination' }>
