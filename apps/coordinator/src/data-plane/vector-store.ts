// The data plane's vectors: held results, the model, its optimiser. Two verbs: measure what arrives, combine what is
// asked for. Runs in a worker thread; knows handles, never who sent a vector or why.

import { createHash } from 'node:crypto'
import {
  combineInto,
  createOptimiser,
  encodeSafetensors,
  measureVector,
  type OptimiserSpec,
  type OptimiserState,
  optimiserTensors,
  updateModel,
} from '@muster/parameters'
import type { Checkpoints } from '@muster/storage'
import type { RunId } from '@muster/vocabulary'

export interface VectorStoreStart {
  readonly run: RunId
  readonly optimiser: OptimiserSpec
  readonly parameters: Float32Array
  readonly optimiserState: OptimiserState
}

export interface Combination {
  readonly terms: readonly { readonly handle: string; readonly weight: number }[]
  readonly samples: number
  readonly learningRate: number
  /** Answer the decoded sum as well, for those who check it. */
  readonly wantsGradient: boolean
}

export interface Applied {
  readonly parameters: Float32Array<ArrayBuffer>
  readonly hash: string
  readonly gradientNorm: number
  /** Σ aᵢ rᵢ, before it is divided by the samples. */
  readonly gradient: Float64Array<ArrayBuffer> | null
}

export interface VectorStore {
  hold(handle: string, vector: Float32Array): { readonly isFinite: boolean; readonly norm: number }
  drop(handle: string): void
  apply(combination: Combination): Applied
  /** Writes the model as it is now; `round` counts the rounds applied. */
  save(round: number): void
  current(): { readonly parameters: Float32Array<ArrayBuffer>; readonly hash: string }
}

export function createVectorStore(start: VectorStoreStart, checkpoints: Checkpoints): VectorStore {
  const optimiser = createOptimiser(start.optimiser)
  const held = new Map<string, Float32Array>()
  let model = { parameters: start.parameters, state: start.optimiserState }
  const current = () => {
    const parameters = model.parameters.slice()
    return { parameters, hash: hashParameters(parameters) }
  }

  return {
    hold(handle, vector) {
      held.set(handle, vector)
      const { finite, norm } = measureVector(vector)
      return { isFinite: finite, norm }
    },
    drop: handle => void held.delete(handle),
    apply({ terms, samples, learningRate, wantsGradient }) {
      const vectors = terms.map(({ handle, weight }) => {
        const vector = held.get(handle)
        if (!vector) throw new Error(`no vector is held as ${handle}`)
        return { vector, weight }
      })
      const updated = updateModel({ ...model, optimiser, terms: vectors, sampleCount: samples, learningRate })
      if (!Number.isFinite(updated.gradientNorm)) throw new Error('the combined gradient is not finite')
      const gradient = wantsGradient ? combineInto(new Float64Array(model.parameters.length), vectors) : null
      model = updated
      for (const { handle } of terms) held.delete(handle)
      return {
        ...current(),
        gradientNorm: updated.gradientNorm,
        gradient: gradient as Float64Array<ArrayBuffer> | null,
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
