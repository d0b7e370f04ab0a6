// Fetches what a sum or a walk comes to: a flat gradient with the loss behind it, in one read-back.

import type * as tf from '@tensorflow/tfjs'
import type { GradientReading } from './gradient-computer.ts'

/** Frees `flat`: a gradient, of all coordinates or of some, then the loss. */
export async function readFlat(flat: tf.Tensor1D, samples: number): Promise<GradientReading> {
  const coordinates = flat.size - 1
  try {
    const values = (await flat.data()) as Float32Array
    return { gradient: values.slice(0, coordinates), lossSum: values[coordinates]!, samples }
  } finally {
    flat.dispose()
  }
}

/** Of what nothing was added to: it needs no device. */
export const zeroReading = (coordinates: number): GradientReading => ({
  gradient: new Float32Array(coordinates),
  lossSum: 0,
  samples: 0,
})
