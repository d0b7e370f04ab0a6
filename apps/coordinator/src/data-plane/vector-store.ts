// The data plane's vectors: held results, the model, its optimiser. It measures what arrives, adds up tiles, and combines
// what is asked for. Runs in a worker thread; knows handles, never who sent a vector or why.

import { createHash } from 'node:crypto'
import {
  accumulateSegment,
  combineInto,
  createOptimiser,
  distance,
  encodeSafetensors,
  meanDistance,
  measureVector,
  mixModel,
  type OptimiserSpec,
  type OptimiserState,
  optimiserTensors,
  type Term,
  updateModel,
} from '@muster/parameters'
import type { Checkpoints } from '@muster/storage'
import type { RoundNumber, RunId } from '@muster/vocabulary'

export interface VectorStoreStart {
  readonly run: RunId
  readonly optimiser: OptimiserSpec
  readonly parameters: Float32Array
  readonly optimiserState: OptimiserState
}

export interface Combination {
  readonly terms: readonly { readonly handle: string; readonly weight: number }[]
  /** What becomes of the weighted sum: the optimiser's gradient, or a share of the model itself. */
  readonly target: 'gradient' | 'mix'
  /** What was accumulated in this round is part of the sum; null: nothing is. Never of a mix. */
  readonly tilesOf: RoundNumber | null
  readonly samples: number
  readonly learningRate: number
  /** Answer the decoded sum as well, for those who check it. */
  readonly wantsGradient: boolean
  /** Answer how far the vectors that are still held are from the new model. */
  readonly wantsDistances: boolean
  /** Answer how far what was mixed is from the new model, in the mean. */
  readonly wantsConsensus: boolean
}

export interface Applied {
  readonly parameters: Float32Array<ArrayBuffer>
  readonly hash: string
  /** Null of a mix. */
  readonly gradientNorm: number | null
  /** Σ aᵢ rᵢ, before it is divided by the samples. */
  readonly gradient: Float64Array<ArrayBuffer> | null
  /** By handle; empty where they were not asked for. */
  readonly distances: Readonly<Record<string, number>>
  /** Absent where it was not asked for. */
  readonly consensusDistance?: number
}

export interface Held {
  readonly isFinite: boolean
  /** To the model as it is now; where the vector is finite and it was asked for. */
  readonly distance?: number
}

export interface VectorStore {
  hold(handle: string, vector: Float32Array, wantsDistance: boolean): Held
  drop(handle: string): void
  /**
   * Adds what is held, the coordinates from `from` on, to the sum of that round, and frees it. There is one such sum,
   * however many workers send tiles: that of another round is gone.
   */
  accumulate(round: RoundNumber, handle: string, from: number): void
  apply(combination: Combination): Applied
  /** Writes the model as it is now; `round` counts the rounds applied. */
  save(round: number): void
  current(): { readonly parameters: Float32Array<ArrayBuffer>; readonly hash: string }
}

export function createVectorStore(start: VectorStoreStart, checkpoints: Checkpoints): VectorStore {
  const optimiser = createOptimiser(start.optimiser)
  const held = new Map<string, Float32Array>()
  let accumulated: { readonly round: RoundNumber; readonly sum: Float64Array } | null = null
  let model = { parameters: start.parameters, state: start.optimiserState }
  const current = () => {
    const parameters = model.parameters.slice()
    return { parameters, hash: hashParameters(parameters) }
  }

  function take(handle: string): Float32Array {
    const vector = held.get(handle)
    if (!vector) throw new Error(`no vector is held as ${handle}`)
    return vector
  }

  /** A sum that is asked for and not there is a broken belief. */
  function accumulatedIn(round: RoundNumber | null): Float64Array | null {
    if (round === null) return null
    if (accumulated?.round !== round) throw new Error(`no tile was accumulated in round ${round}`)
    return accumulated.sum
  }

  function update(
    terms: readonly Term[],
    base: Float64Array | null,
    sampleCount: number,
    learningRate: number,
  ): number {
    const updated = updateModel({ ...model, optimiser, terms, base, sampleCount, learningRate })
    if (!Number.isFinite(updated.gradientNorm)) throw new Error('the combined gradient is not finite')
    model = updated
    return updated.gradientNorm
  }

  function mix(terms: readonly Term[]): null {
    model = { ...model, parameters: mixModel(model.parameters, terms) }
    return null
  }

  return {
    hold(handle, vector, wantsDistance) {
      held.set(handle, vector)
      if (!measureVector(vector).finite) return { isFinite: false }
      return wantsDistance ? { isFinite: true, distance: distance(vector, model.parameters) } : { isFinite: true }
    },
    drop: handle => void held.delete(handle),
    accumulate(round, handle, from) {
      if (accumulated?.round !== round) accumulated = { round, sum: new Float64Array(model.parameters.length) }
      accumulateSegment(accumulated.sum, take(handle), from)
      held.delete(handle)
    },
    apply({ terms, target, tilesOf, samples, learningRate, wantsGradient, wantsDistances, wantsConsensus }) {
      const vectors = terms.map(({ handle, weight }) => ({ vector: take(handle), weight }))
      const { length } = model.parameters
      const base = target === 'mix' ? null : accumulatedIn(tilesOf)
      const gradientNorm = target === 'mix' ? mix(vectors) : update(vectors, base, samples, learningRate)
      const gradient = wantsGradient ? combineInto(new Float64Array(length), vectors, base) : null
      for (const { handle } of terms) held.delete(handle)
      // Tiles of its round can no longer be asked for.
      accumulated = null
      const whole = [...held].filter(([, of]) => of.length === length)
      const distances = wantsDistances ? whole.map(([handle, of]) => [handle, distance(of, model.parameters)]) : []
      return {
        ...current(),
        gradientNorm,
        gradient: gradient as Float64Array<ArrayBuffer> | null,
        distances: Object.fromEntries(distances),
        ...(wantsConsensus && {
          consensusDistance: meanDistance(
            vectors.map(({ vector }) => vector),
            model.parameters,
          ),
        }),
      }
    },
    save(round) {
      const { parameters, state } = model
      const tensors = [
        { name: 'parameters', dtype: 'F32' as const, shape: [parameters.length], data: parameters },
        ...optimiserTensors(state),
      ]
      checkpoints.save(start.run, round, encodeSafetensors(tensors, { round: `${round}` }))
    },
    current,
  }
}

const hashParameters = (parameters: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength))
    .digest('hex')
