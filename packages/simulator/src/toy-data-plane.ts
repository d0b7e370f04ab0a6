// The simulated data plane: held vectors, the model, and beside it the same run from direct sums in one process. Each
// vector remembers what it really holds, whatever its sender claims.

import { createOptimiser, type OptimiserState, relativeError, updateModel } from '@muster/parameters'
import {
  type ModelVersion,
  type PartitionIndex,
  type ResultHandle,
  type RoundNumber,
  resultHandle,
} from '@muster/vocabulary'
import { type AppliedTerm, type Combination, countPartitions } from './checkers.ts'
import { toyDimension, toyGradient, toyStart } from './toy-problem.ts'

/** Grows while it is computed; whoever keeps or sends one copies it. */
export interface ToySum {
  readonly sum: Float32Array
  readonly terms: { readonly partition: PartitionIndex; readonly weight: number }[]
  readonly modelVersion: ModelVersion
}

export const emptyToySum = (modelVersion: ModelVersion): ToySum => ({
  sum: new Float32Array(toyDimension),
  terms: [],
  modelVersion,
})

export function addToySum({ sum, terms }: ToySum, gradient: Float32Array, partition: PartitionIndex, weight: number) {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + weight * gradient[i]!
  terms.push({ partition, weight })
}

export const copyToySum = (sum: ToySum): ToySum => ({ ...sum, sum: sum.sum.slice(), terms: [...sum.terms] })

export interface ToyDataPlane {
  hold(vector: ToySum): ResultHandle
  drop(handle: ResultHandle): void
  readonly held: number
  /** Undefined where the version is no longer kept. */
  partialGradient(version: ModelVersion, round: RoundNumber, partition: PartitionIndex): Float32Array | undefined
  /** Applies a combination; answers what it really was made of. */
  apply(combination: Combination): { readonly terms: readonly AppliedTerm[]; readonly gradientNorm: number }
  readonly parameters: Float32Array
  /** ‖w − w_ref‖ / ‖w_ref‖ */
  readonly referenceError: number
}

const versionsKept = 4

export function createToyDataPlane(seed: number, partitions: number, learningRate: number): ToyDataPlane {
  const optimiser = createOptimiser({ kind: 'momentum', learningRate, momentum: 0.9 })
  const vectors = new Map<ResultHandle, ToySum>()
  const versions = new Map<ModelVersion, Float32Array>([[0, toyStart(seed)]])
  let model: { parameters: Float32Array; state: OptimiserState } = {
    parameters: toyStart(seed),
    state: optimiser.init(toyStart(seed).length),
  }
  let reference = model
  let handles = 0

  /** What one process would have summed: every partition once, or as often as an approximate round counted it. */
  function directSum(round: RoundNumber, counts: Float64Array) {
    const total = new Float64Array(toyDimension)
    counts.forEach((count, j) => {
      if (count === 0) return
      const gradient = toyGradient(reference.parameters, seed, round, j)
      for (let i = 0; i < toyDimension; i++) total[i] = total[i]! + count * gradient[i]!
    })
    return [{ vector: Float32Array.from(total), weight: 1 }]
  }

  return {
    hold(vector) {
      const handle = resultHandle(`h${handles++}`)
      vectors.set(handle, vector)
      return handle
    },
    drop: handle => void vectors.delete(handle),
    get held() {
      return vectors.size
    },
    partialGradient(version, round, partition) {
      const parameters = versions.get(version)
      return parameters && toyGradient(parameters, seed, round, partition)
    },
    apply({ round, modelVersion, terms, counted, samples, learningRate: rate }) {
      const applied = terms.map(({ handle, weight }) => {
        const vector = vectors.get(handle)!
        vectors.delete(handle)
        return { weight, partitions: vector.terms, modelVersion: vector.modelVersion, vector: vector.sum }
      })
      const updated = updateModel({ ...model, optimiser, terms: applied, sampleCount: samples, learningRate: rate })
      const counts = counted === null ? new Float64Array(partitions).fill(1) : countPartitions(applied, partitions)
      const direct = directSum(round, counts)
      reference = updateModel({ ...reference, optimiser, terms: direct, sampleCount: samples, learningRate: rate })
      model = updated
      versions.set(modelVersion + 1, updated.parameters)
      versions.delete(modelVersion + 1 - versionsKept)
      return { terms: applied, gradientNorm: updated.gradientNorm }
    },
    get parameters() {
      return model.parameters
    },
    get referenceError() {
      return relativeError(model.parameters, reference.parameters)
    },
  }
}
