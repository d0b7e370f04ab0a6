// The interface of all compute backends: a model on a device that takes gradients of softmax cross-entropy.
// Must not hold: TensorFlow.js, so that another library can stand behind it.

import type { BackendName, LocalOptimiser } from '@muster/vocabulary'
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
  /**
   * The coordinates [from, to) of the sum as it stands, copied on the device before this returns: what is added afterwards
   * does not reach it, and it outlives the sum.
   */
  takeRange(from: number, to: number): GradientRange
  dispose(): void
}

/** Some coordinates of a sum, kept on the device until they are read. */
export interface GradientRange {
  /** One read-back from the device. The gradient has the coordinates of the range; losses and samples are the sum's. */
  read(): Promise<GradientReading>
  dispose(): void
}

export interface WalkSettings {
  /** Samples of one step, m: at least 1. */
  readonly samplesPerStep: number
  /** Per mean gradient, as an optimiser's. */
  readonly rate: number
  /** μ of heavy-ball momentum; 0 for none. */
  readonly momentum: number
}

/**
 * Local steps from the loaded parameters θ₀: after every `samplesPerStep` samples added, one step. With g_u the sum of
 * ∇ℓ over the samples of step u, taken at θ_u, and V before the first step zero:
 *   V_u = μ·V_{u−1} + g_u    S_u = V_1 + … + V_u    θ_{u+1} = θ₀ − (rate / samplesPerStep)·S_u
 * What it walks over is its own; the parameters loaded stay as they are.
 */
export interface LocalWalk {
  /**
   * A batch may come in pieces, and may hold the end of one step and the beginning of the next. Resolves when the device
   * has really finished.
   * @throws Error when the parameters were replaced since the walk was made, or the batch does not fit the model.
   */
  add(batch: Batch): Promise<void>
  /**
   * The gradient is S of all steps, the loss Σ ℓ of all samples, each at the parameters of its step. One read-back from
   * the device; the walk may go on.
   * @throws Error in the middle of a step.
   */
  read(): Promise<GradientReading>
  dispose(): void
}

export interface ReplicaLease {
  /** Per mean gradient, as an optimiser's. */
  readonly rate: number
  /** h₁, 0 to 1. */
  readonly pull: number
  /** Samples of one step, m: at least 1. */
  readonly samplesPerStep: number
  /** By what AdaHessian draws: step u = 0, 1, … of the lease has z = rademacher(d, seed, round, draw, u). */
  readonly probe: { readonly seed: number; readonly round: number; readonly draw: number }
}

export interface ReplicaReading {
  /** x, in layout order. */
  readonly parameters: Float32Array
  /** Σ ℓ of the samples since `begin`, each where its step took its gradient. */
  readonly lossSum: number
  /** Since `begin`. */
  readonly samples: number
}

/**
 * Parameters x of a worker's own, which it steps on with an optimiser of its own. They and the optimiser's state outlive
 * the versions loaded, but not the device. After every `samplesPerStep` samples added, one step along the mean of their
 * gradients.
 */
export interface Replica {
  /**
   * Before the steps of a lease. Forgets a step that was begun and not finished, as if nothing of it had been added;
   * counts losses and samples from zero; and moves x towards the parameters now loaded, x̃:  x ← x − h₁(x − x̃).
   *
   * With h₁ = 0, x stays bit for bit; with h₁ = 1 it becomes x̃ bit for bit. The optimiser's state stays: a scale of
   * curvatures that begins anew is of one draw alone, and its first steps are wild. So NaN, once in it, is there to stay.
   * @throws RangeError for a setting that is out of range
   */
  begin(lease: ReplicaLease): void
  /**
   * A batch may come in pieces, and may hold the end of one step and the beginning of the next. Resolves when the device
   * has really finished.
   * @throws Error before any lease, or when the batch does not fit the model
   */
  add(batch: Batch): Promise<void>
  /** One read-back from the device; the lease may go on. @throws Error in the middle of a step */
  read(): Promise<ReplicaReading>
  dispose(): void
}

export interface GradientComputer {
  readonly backend: BackendName
  readonly network: Network
  /** The version for sums made afterwards; the former is freed and its sums can be read but not added to. Copies `flat`. */
  loadParameters(flat: Float32Array): void
  /** All zero. */
  newSum(): GradientSum
  /** At its start. @throws RangeError for steps of no whole number of samples. */
  newWalk(settings: WalkSettings): LocalWalk
  /**
   * At the parameters loaded, with the optimiser at its start.
   * @throws RangeError for settings out of range, and for differences of gradients in a network that is not smooth
   */
  newReplica(optimiser: LocalOptimiser): Replica
  /** size·targets × classes, for evaluation; reads back once. */
  logits(batch: Batch): Promise<Float32Array>
  dispose(): void
}
