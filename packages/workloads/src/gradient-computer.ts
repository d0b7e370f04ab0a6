// The interface of all compute backends: a model on a device that takes gradients of softmax cross-entropy.
// Must not hold: TensorFlow.js, so that another library can stand behind it.

import type { BackendName } from '@muster/vocabulary'
import type { Network } from './network/plan.ts'
import type { Batch } from './samples.ts'

export interface GradientReading {
  /** Σ weight × ∇ℓ over all samples added, in layout order. */
  readonly gradient: Float32Array
  /** Σ weight × ℓ: encoded like the gradient, so that the same decoding recovers the round's loss. */
  readonly lossSum: number
  /** Samples added, each counted once whatever its weight. */
  readonly samples: number
}

/** A running sum that stays on the device until it is read. Belongs to the parameters loaded when it was made. */
export interface GradientSum {
  /**
   * Adds weight (default 1) × Σ ∇ℓ over the batch. Resolves when the device has really finished.
   * @throws Error when the parameters were replaced since the sum was made, or the batch does not fit the model.
   */
  add(batch: Batch, weight?: number): Promise<void>
  /**
   * Adds weight × another sum of the same parameters, its losses and samples as well, without leaving the device: one
   * backward pass serves every level of a nested code.
   */
  include(other: GradientSum, weight: number): Promise<void>
  /** The sum as it stands; what is added to either afterwards does not reach the other. */
  copy(): GradientSum
  /** One read-back from the device. The sum stays and may grow further. */
  read(): Promise<GradientReading>
  dispose(): void
}

export interface GradientComputer {
  readonly backend: BackendName
  readonly network: Network
  /** The version for sums made afterwards; the former is freed and its sums can be read but not added to. Copies `flat`. */
  loadParameters(flat: Float32Array): void
  /** All zero. */
  newSum(): GradientSum
  /** size·targets × classes, for evaluation; reads back once. */
  logits(batch: Batch): Promise<Float32Array>
  dispose(): void
}
