// Depthwise convolution, each channel by itself. Its derivatives are sums over the filter's few weights: no backend but
// plain JavaScript and WebGL has kernels for both.
//
// y[b,p,q,c·m+k] = Σᵢⱼ x[b, p·s+i, q·s+j, c] w[i,j,c,k]

import * as tf from '@tensorflow/tfjs'
import type { Pair } from '../network/layer.ts'
import { outputSize, padFor, putBack, type Sliding, shifted } from './sliding.ts'

/**
 * @param x B × H × W × C
 * @param kernel kh × kw × C × m
 * @param isLearnt whether a derivative for x is asked for
 */
export function depthwiseConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  sliding: Sliding,
  isLearnt: boolean,
): tf.Tensor4D {
  const strides: [number, number] = [...sliding.strides]
  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    save([x, kernel])
    return {
      value: tf.depthwiseConv2d(x, kernel, strides, sliding.padding),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [images, weights] = saved as [tf.Tensor4D, tf.Tensor4D]
        const delta = perChannel(dy as tf.Tensor4D, weights.shape)
        return [
          kernelGradient(images, weights.shape, delta, sliding),
          ...(isLearnt ? [inputGradient(images.shape, weights, delta, sliding)] : []),
        ]
      },
    }
  })
  return run(kernel, ...(isLearnt ? [x] : [])) as tf.Tensor4D
}

/** ∂y as B·H′·W′ × C × m, as both derivatives read it. */
export const perChannel = (dy: tf.Tensor4D, [, , channels, multiplier]: readonly number[]): tf.Tensor3D =>
  tf.reshape(dy, [-1, channels!, multiplier!])

type Shape = tf.Tensor4D['shape']

/** `shape` is the kernel's. ∂w[i,j] = Σ over positions of x shifted by (i, j), times ∂y. */
export function kernelGradient(x: tf.Tensor4D, shape: Shape, delta: tf.Tensor3D, sliding: Sliding): tf.Tensor4D {
  const [kh, kw, channels] = shape
  const padded = padFor(x, sliding)
  const pieces: tf.Tensor[] = []
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j++) {
      const met = tf.reshape(shifted(padded, x.shape, [i, j], sliding), [-1, channels, 1])
      pieces.push(tf.sum(tf.mul(met, delta), 0))
    }
  return tf.reshape(tf.stack(pieces), shape)
}

/** `shape` is x's. ∂x: every ∂y goes back, times w[i,j], to where it came from. */
export function inputGradient(shape: Shape, kernel: tf.Tensor4D, delta: tf.Tensor3D, sliding: Sliding): tf.Tensor4D {
  const [kh, kw, channels, multiplier] = kernel.shape
  const [rows, columns] = outputSize(shape, sliding)
  const [batch] = shape
  const pieces: { readonly at: Pair; readonly values: tf.Tensor4D }[] = []
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j++) {
      const weights = tf.reshape(tf.slice(kernel, [i, j, 0, 0], [1, 1, channels, multiplier]), [
        1,
        channels,
        multiplier,
      ])
      const back = tf.reshape(tf.sum(tf.mul(delta, weights), 2), [batch, rows, columns, channels]) as tf.Tensor4D
      pieces.push({ at: [i, j], values: back })
    }
  return putBack(pieces, shape, sliding)
}
