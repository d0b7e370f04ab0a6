// One set of parameters on the device. Sums and walks of it outlive it, and know by it that their time is over.

import type * as tf from '@tensorflow/tfjs'

export interface LoadedVersion {
  /** One for each of the network's tensors, in their order. */
  readonly parameters: readonly tf.Tensor[]
  isFreed: boolean
}
