// The simulated data plane: held vectors, the model, and, where it is asked for, the same run from direct sums beside
// it in one process.

import {
  createOptimiser,
  distance,
  meanDistance,
  mixModel,
  type OptimiserSpec,
  type OptimiserState,
  relativeError,
  updateModel,
} from '@muster/parameters'
import type { RoundPromise } from '@muster/strategies'
import { type ModelVersion, type ResultHandle, type RoundNumber, resultHandle, segmentRange } from '@muster/vocabulary'
import { type AddedTile, type AppliedTerm, type Combination, countPartitions } from './checkers.ts'
import { createElasticReference } from './elastic-reference.ts'
import type { Problem } from './problem.ts'
import type { ReplicaDeed } from './virtual-replica.ts'
import { deedsOf, retake, type VirtualSum, type VirtualTile } from './virtual-sum.ts'

export interface SimulatedDataPlane {
  readonly problem: Problem
  hold(vector: VirtualSum): ResultHandle
  holdTile(tile: VirtualTile): ResultHandle
  /** Into the sum of its round. */
  accumulate(round: RoundNumber, handle: ResultHandle): void
  drop(handle: ResultHandle): void
  readonly held: number
  /** ‖r − w‖ to the model as it is now. */
  distanceOf(handle: ResultHandle): number
  /** Of all that are held. */
  distances(): Record<ResultHandle, number>
  /** Undefined where the version is no longer kept. */
  parametersOf(version: ModelVersion): Float32Array | undefined
  /** Applies a combination; answers what it really was made of. `needed`: versions that somebody works on. */
  apply(
    combination: Combination,
    needed: ReadonlySet<ModelVersion>,
  ): {
    readonly terms: readonly (AppliedTerm & { readonly of: VirtualSum })[]
    /** By segment, what was accumulated; null: the combination includes no tiles. */
    readonly tiles: readonly (readonly AddedTile[])[] | null
    readonly gradientNorm: number | null
    /** Of a mix: the mean distance of what was mixed to the model that came of it. */
    readonly consensusDistance?: number
  }
  readonly parameters: Float32Array
  readonly hasReference: boolean
  /** ‖w − w_ref‖ / ‖w_ref‖; NaN where no reference is taken along. */
  readonly referenceError: number
}

export interface DataPlaneSettings {
  readonly problem: Problem
  readonly partitions: number
  readonly optimiser: OptimiserSpec
  /** Of the strategy: where results of earlier models are combined, each is judged from its own. */
  readonly promise: RoundPromise
  readonly hasReference: boolean
}

/** In float64, and no more than that. */
const plainMean = (vectors: readonly Float32Array[]): Float32Array =>
  vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length)

/** One vector, however many tiles are added to it; beside it what they were made of. */
interface Accumulator {
  readonly round: RoundNumber
  readonly sum: Float64Array
  readonly segments: AddedTile[][]
}

const newAccumulator = (round: RoundNumber, dimension: number, segments: number): Accumulator => ({
  round,
  sum: new Float64Array(dimension),
  segments: Array.from({ length: segments }, () => []),
})

function addTile({ sum, segments }: Accumulator, tile: VirtualTile): void {
  const { from } = segmentRange(sum.length, tile.segments, tile.segment)
  tile.values.forEach((value, i) => {
    sum[from + i] = sum[from + i]! + value
  })
  const { segment, modelVersion, of, count } = tile
  segments[segment]!.push({ segment, modelVersion, partitions: of.slice(0, count) })
}

interface Model {
  readonly parameters: Float32Array
  readonly state: OptimiserState
}

/** Besides those that are needed. */
const versionsKept = 4

export function createSimulatedDataPlane(settings: DataPlaneSettings): SimulatedDataPlane {
  const { problem, promise, hasReference } = settings
  const optimiser = createOptimiser(settings.optimiser)
  const vectors = new Map<ResultHandle, VirtualSum & { readonly deeds: readonly ReplicaDeed[] }>()
  const tiles = new Map<ResultHandle, VirtualTile>()
  let accumulated: Accumulator | null = null
  const elastic = hasReference && promise === 'elastic-exchange' ? createElasticReference(problem) : null
  let model: Model = { parameters: problem.start(), state: optimiser.init(problem.dimension) }
  let reference = model
  const versions = new Map<ModelVersion, Float32Array>([[0, model.parameters]])
  const references = new Map<ModelVersion, Float32Array>([[0, model.parameters]])
  let handles = 0

  /** What one process would have summed: every partition once, or as often as a round that leaves some out counted it. */
  function directSum(round: RoundNumber, counts: Float64Array) {
    const total = new Float64Array(problem.dimension)
    counts.forEach((count, j) => {
      if (count === 0) return
      const { gradient } = problem.gradient(reference.parameters, round, j)
      for (let i = 0; i < total.length; i++) total[i] = total[i]! + count * gradient[i]!
    })
    return [{ vector: Float32Array.from(total), weight: 1 }]
  }

  /** Each result taken again from the reference's own version of its model. */
  const retaken = (terms: readonly { readonly weight: number; readonly of: VirtualSum }[]) =>
    terms.map(({ weight, of }) => ({ weight, vector: retake(problem, of, references.get(of.modelVersion)!) }))

  const distanceOf = (handle: ResultHandle) => distance(vectors.get(handle)!.sum, model.parameters)

  function prune(newest: ModelVersion, needed: ReadonlySet<ModelVersion>): void {
    for (const kept of [versions, references])
      for (const version of kept.keys())
        if (version <= newest - versionsKept && !needed.has(version)) kept.delete(version)
  }

  return {
    problem,
    hold(vector) {
      const handle = resultHandle(`h${handles++}`)
      vectors.set(handle, { ...vector, deeds: deedsOf(vector) })
      return handle
    },
    holdTile(tile) {
      const handle = resultHandle(`t${handles++}`)
      tiles.set(handle, tile)
      return handle
    },
    accumulate(round, handle) {
      const tile = tiles.get(handle)!
      tiles.delete(handle)
      if (accumulated?.round !== round) accumulated = newAccumulator(round, problem.dimension, tile.segments)
      addTile(accumulated, tile)
    },
    drop(handle) {
      vectors.delete(handle)
      tiles.delete(handle)
    },
    get held() {
      return vectors.size + tiles.size
    },
    distanceOf,
    distances: () => Object.fromEntries([...vectors.keys()].map(handle => [handle, distanceOf(handle)])),
    hasReference,
    parametersOf: version => versions.get(version),
    apply({ round, modelVersion, target, terms, includesTiles, counted, samples, learningRate: rate }, needed) {
      const applied = terms.map(({ handle, weight }) => {
        const of = vectors.get(handle)!
        vectors.delete(handle)
        return { weight, of, partitions: of.terms, modelVersion: of.modelVersion, steps: of.walk?.steps ?? 1 }
      })
      const tiled = includesTiles && accumulated?.round === round ? accumulated : null
      accumulated = null
      const sums = applied.map(({ weight, of }) => ({ weight, vector: of.sum }))
      if (tiled) sums.push({ weight: 1, vector: Float32Array.from(tiled.sum) })
      const publish = (next: Model) => {
        model = next
        versions.set(modelVersion + 1, next.parameters)
        prune(modelVersion + 1, needed)
      }
      if (target === 'mix') {
        for (const { weight, of } of applied)
          elastic?.exchange(modelVersion, weight, { serial: of.replica?.replica.serial ?? 0, deeds: of.deeds })
        publish({ ...model, parameters: mixModel(model.parameters, sums) })
        if (promise === 'mean-of-peers')
          reference = { ...model, parameters: plainMean(sums.map(({ vector }) => vector)) }
        const consensusDistance = meanDistance(
          sums.map(({ vector }) => vector),
          model.parameters,
        )
        return { terms: applied, tiles: null, gradientNorm: null, consensusDistance }
      }
      const updated = updateModel({ ...model, optimiser, terms: sums, sampleCount: samples, learningRate: rate })
      if (hasReference) {
        const counts =
          counted === null
            ? new Float64Array(settings.partitions).fill(1)
            : countPartitions(applied, settings.partitions)
        const direct = promise === 'bounded-staleness' ? retaken(applied) : directSum(round, counts)
        reference = updateModel({ ...reference, optimiser, terms: direct, sampleCount: samples, learningRate: rate })
        references.set(modelVersion + 1, reference.parameters)
      }
      publish(updated)
      return { terms: applied, tiles: tiled?.segments ?? null, gradientNorm: updated.gradientNorm }
    },
    get parameters() {
      return model.parameters
    },
    get referenceError() {
      if (!hasReference) return Number.NaN
      return relativeError(model.parameters, (elastic ?? reference).parameters)
    },
  }
}
