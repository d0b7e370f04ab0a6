// What a worker sends from its virtual device: a sum of gradients at one model or along local steps, or parameters of
// its own. It remembers what it is made of, whatever its sender claims of it.

import {
  type IterationName,
  type LocalSteps,
  type ModelVersion,
  type PartitionIndex,
  segmentRange,
} from '@muster/vocabulary'
import type { Problem } from './problem.ts'
import { type ReplicaDeed, type ReplicaRun, stepReplica } from './virtual-replica.ts'

export interface SumTerm {
  readonly partition: PartitionIndex
  readonly draw: number
  readonly weight: number
}

/** S ← S + V, V ← μ·V + g after every so many partitions; θ = θ₀ − (rate/m)·S, m the samples of a step. */
interface Walk extends LocalSteps {
  readonly perStep: number
  readonly rate: number
  readonly start: Float32Array
  readonly stepSum: Float32Array
  readonly velocity: Float32Array
}

export interface VirtualSum {
  readonly modelVersion: ModelVersion
  readonly sum: Float32Array
  readonly terms: SumTerm[]
  lossSum: number
  /** Where the next gradient is taken. */
  parameters: Float32Array
  readonly walk: Walk | null
  /** Present: `sum` is x. */
  readonly replica: ReplicaRun | null
  /** Present: `sum` is a peer's estimate, as it was after so many iterations. */
  readonly estimate?: IterationName
}

/** A segment of a sum of gradients, as it was when it was taken. */
export interface VirtualTile {
  readonly modelVersion: ModelVersion
  readonly segment: number
  readonly segments: number
  readonly values: Float32Array
  /** What it is made of: the first `count` of a list that only grows. */
  readonly of: readonly SumTerm[]
  readonly count: number
  readonly lossSum: number
}

export function takeTile(
  { modelVersion, sum, terms, lossSum }: VirtualSum,
  segment: number,
  segments: number,
): VirtualTile {
  const { from, to } = segmentRange(sum.length, segments, segment)
  return { modelVersion, segment, segments, values: sum.slice(from, to), of: terms, count: terms.length, lossSum }
}

export interface WalkSettings extends LocalSteps {
  /** Partitions of one step. */
  readonly perStep: number
  readonly rate: number
}

export function emptySum(
  modelVersion: ModelVersion,
  parameters: Float32Array,
  walk: WalkSettings | null = null,
): VirtualSum {
  const zeros = () => new Float32Array(parameters.length)
  const begun = walk && { ...walk, start: parameters, stepSum: zeros(), velocity: zeros() }
  return { modelVersion, sum: zeros(), terms: [], lossSum: 0, parameters, walk: begun, replica: null }
}

/** The steps of a lease on parameters of the worker's own. */
export const beginRun = (modelVersion: ModelVersion, replica: ReplicaRun): VirtualSum => ({
  modelVersion,
  sum: replica.replica.x,
  terms: [],
  lossSum: 0,
  parameters: replica.replica.x,
  walk: null,
  replica,
})

/** Grows while it is computed; whoever keeps or sends one copies it. */
export const copySum = (sum: VirtualSum): VirtualSum => ({
  ...sum,
  sum: (sum.replica?.replica.x ?? sum.sum).slice(),
  terms: [...sum.terms],
})

/** All that was done to the parameters that are sent, up to now. */
export const deedsOf = ({ replica }: VirtualSum): readonly ReplicaDeed[] => [...(replica?.replica.journal ?? [])]

type Gradient = ReturnType<Problem['gradient']>

/** One partition more on parameters of the worker's own. */
export function addToRun(to: VirtualSum, run: ReplicaRun, problem: Problem, term: SumTerm): void {
  to.lossSum += stepReplica(run, problem, term, to.terms.length)
  to.terms.push(term)
}

export function addToSum(to: VirtualSum, { gradient, lossSum }: Gradient, term: SumTerm, samples: number): void {
  const { sum, walk } = to
  to.terms.push(term)
  to.lossSum += term.weight * lossSum
  if (walk === null) return addScaled(sum, gradient, term.weight)
  const { stepSum, velocity, perStep, momentum, rate, start } = walk
  addScaled(stepSum, gradient, 1)
  if (to.terms.length % perStep !== 0) return
  for (let i = 0; i < sum.length; i++) {
    velocity[i] = momentum * velocity[i]! + stepSum[i]!
    sum[i] = sum[i]! + velocity[i]!
  }
  stepSum.fill(0)
  const scale = rate / (perStep * samples)
  to.parameters = start.map((w, i) => w - scale * sum[i]!)
}

/** The same sum, begun from other parameters. */
export function retake(problem: Problem, { modelVersion, terms, walk }: VirtualSum, from: Float32Array): Float32Array {
  const sum = emptySum(modelVersion, from, walk)
  for (const term of terms) {
    const gradient = problem.gradient(sum.parameters, term.draw, term.partition)
    addToSum(sum, gradient, term, problem.samplesPerPartition)
  }
  return sum.sum
}

function addScaled(sum: Float32Array, vector: Float32Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + weight * vector[i]!
}
