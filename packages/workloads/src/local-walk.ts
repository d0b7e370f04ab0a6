// Local steps on the device (the mathematics: `LocalWalk` in gradient-computer.ts). A walk owns what it has summed up
// and, in mid-step, the parameters it has moved to; all of it is flat but those.

import * as tf from '@tensorflow/tfjs'
import { piecesBySteps, refuseMidStep, refuseUnwholeStep } from './batch-pieces.ts'
import { deviceFinished } from './device-fence.ts'
import { readFlat, zeroReading } from './flat-reading.ts'
import type { LocalWalk, WalkSettings } from './gradient-computer.ts'
import type { LoadedVersion } from './loaded-version.ts'
import { cutFlat } from './network/flat-tensors.ts'
import { flatGradient } from './network/gradient.ts'
import type { Network } from './network/plan.ts'
import type { Batch } from './samples.ts'
import { refuseUnfitBatch } from './unfit-batch.ts'

/** What the steps that are done come to. No interface: tf.tidy would not hand one out. */
type Walked = {
  /** S, parameterCount numbers. */
  readonly total: tf.Tensor1D
  /** V; absent without momentum, which never asks for it. */
  readonly velocity: tf.Tensor1D | undefined
  /** One number. Apart from S, because momentum must not reach it. */
  readonly loss: tf.Tensor1D
}

export function createLocalWalk(
  network: Network,
  of: LoadedVersion,
  { samplesPerStep, rate, momentum }: WalkSettings,
): LocalWalk {
  refuseUnwholeStep(samplesPerStep)
  let walked: Walked | null = null
  /** Where the step under way takes its gradients; null at the start of a step, and throughout the first. */
  let moved: tf.Tensor[] | null = null
  /** Gradient and loss of the step under way. */
  let begun: tf.Tensor1D | null = null
  let samples = 0
  let isDisposed = false

  const refuseDisposed = () => {
    if (isDisposed) throw new Error('this walk has been disposed of')
  }

  /** Of samples that all belong to the step under way. */
  function addWithinStep(batch: Batch): void {
    if (moved === null && walked !== null) {
      const { total } = walked
      moved = tf.tidy(() => movedBy(network, of.parameters, tf.mul(total, -rate / samplesPerStep)))
    }
    const sum = tf.tidy(() => {
      const gradient = flatGradient(network, moved ?? of.parameters, batch, 1)
      return begun === null ? gradient : tf.add<tf.Tensor1D>(begun, gradient)
    })
    begun?.dispose()
    begun = sum
    samples += batch.size
    if (samples % samplesPerStep === 0) finishStep(sum)
  }

  function finishStep(sum: tf.Tensor1D): void {
    const next = tf.tidy(() => oneStepOn(walked, sum, network.parameterCount, momentum))
    freeAll()
    walked = next
  }

  function freeAll(): void {
    tf.dispose([walked, moved, begun] as tf.TensorContainer)
    walked = moved = begun = null
  }

  return {
    async add(batch) {
      refuseDisposed()
      if (of.isFreed) throw new Error('this walk belongs to parameters that have been replaced')
      refuseUnfitBatch(batch, network)
      for (const piece of piecesBySteps(batch, samples, samplesPerStep)) addWithinStep(piece)
      await deviceFinished()
    },
    async read() {
      refuseDisposed()
      refuseMidStep('walk', samples, samplesPerStep)
      if (walked === null) return zeroReading(network.parameterCount)
      return readFlat(tf.concat1d([walked.total, walked.loss]), samples)
    },
    dispose() {
      freeAll()
      isDisposed = true
    },
  }
}

/** To be called within tf.tidy. @param sum gradient and loss of the step */
function oneStepOn(before: Walked | null, sum: tf.Tensor1D, parameterCount: number, momentum: number): Walked {
  const gradient = tf.slice(sum, 0, parameterCount)
  const loss = tf.slice(sum, parameterCount, 1)
  // Nothing is added to zeros: that would turn −0 into 0, and a walk of one step is a sum bit for bit.
  if (before === null) return { total: gradient, velocity: momentum === 0 ? undefined : tf.clone(gradient), loss }
  const velocity =
    before.velocity === undefined ? gradient : tf.add<tf.Tensor1D>(tf.mul(before.velocity, momentum), gradient)
  return {
    total: tf.add(before.total, velocity),
    velocity: momentum === 0 ? undefined : velocity,
    loss: tf.add(before.loss, loss),
  }
}

/** Every tensor of `parameters`, moved by its part of the flat `shift`. To be called within tf.tidy. */
const movedBy = (network: Network, parameters: readonly tf.Tensor[], shift: tf.Tensor1D): tf.Tensor[] =>
  cutFlat(network, shift).map((part, i) => tf.add(parameters[i]!, part))
