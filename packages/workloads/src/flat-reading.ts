// Fetches what a sum or a walk comes to: a flat gradient with the loss behind it, in one read-back.

import type * as tf from '@tensorflow/tfjs'
import type { GradientReading } from './gradient-computer.ts'
import type { Network } from './network/plan.ts'

/** Frees `flat`: gradient in layout order, then the loss; parameterCount + 1 numbers. */
export async function readFlat(
  { parameterCount }: Network,
  flat: tf.Tensor1D,
  samples: number,
): Promise<GradientReading> {
  try {
    const values = (await flat.data()) as Float32Array
    return { gradient: values.slice(0, parameterCount), lossSum: values[parameterCount]!, samples }
  } finally {
    flat.dispose()
  }
}

/** Of what nothing was added to: it needs no device. */
export const zeroReading = ({ parameterCount }: Network): GradientReading => ({
  gradient: new Float32Array(parameterCount),
  lossSum: 0,
  samples: 0,
})
