// One training step, from the answers of a round to the next model version. The coordinator's thread, the simulator
// and the single-process reference all call this, so that they can be compared bit by bit.

import { combineInto, type Term } from './combine.ts'
import { distance, measureVector } from './measure.ts'
import type { Optimiser, OptimiserState, OptimiserUpdate } from './optimiser.ts'

export interface ModelUpdateInput {
  /** d numbers. */
  readonly parameters: Float32Array
  readonly optimiser: Optimiser
  readonly state: OptimiserState
  /** Their weighted sum is the gradient summed over all samples of the round. Order is part of the result's last bit. */
  readonly terms: readonly Term[]
  /** Summed already, and part of the sum before the terms; d numbers. */
  readonly base?: Float64Array | null
  /** Samples that the sum counts: the optimiser is given the mean. */
  readonly sampleCount: number
  readonly learningRate: number
}

export interface ModelUpdate extends OptimiserUpdate {
  /** ‖mean gradient‖₂, before clipping; not finite when a term was not, and then nothing of this update is fit for use. */
  readonly gradientNorm: number
  /** ‖next − previous parameters‖₂. */
  readonly updateNorm: number
}

/**
 * Pure: writes into none of its inputs.
 * @throws RangeError when lengths differ, there is nothing to sum, or sampleCount is not a positive integer.
 */
export function updateModel(input: ModelUpdateInput): ModelUpdate {
  const { parameters, optimiser, state, terms, base = null, sampleCount, learningRate } = input
  if (terms.length === 0 && base === null) throw new RangeError('a model update needs at least one term')
  if (!Number.isSafeInteger(sampleCount) || sampleCount < 1)
    throw new RangeError(`a model update needs a whole positive number of samples, not ${sampleCount}`)
  const gradient = combineInto(new Float64Array(parameters.length), terms, base)
  for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! / sampleCount
  const next = optimiser.update(parameters, gradient, state, learningRate)
  return {
    ...next,
    gradientNorm: measureVector(gradient).norm,
    updateNorm: distance(next.parameters, parameters),
  }
}
