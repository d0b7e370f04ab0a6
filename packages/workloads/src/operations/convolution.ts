// Two-dimensional convolution with derivatives of its own: TensorFlow.js has none for the filter on wasm, and on WebGPU
// one that starts a thread per weight.
//
// Shapes: x B × H × W × C, kernel kh × kw × C × F, y B × H′ × W′ × F.

import * as tf from '@tensorflow/tfjs'
import { product } from './product.ts'
import { margins, padFor, type Sliding, shifted, spread } from './sliding.ts'

/** y = x ∗ kernel + bias; `isLearnt`: whether a derivative for x is asked for. */
export function convolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  sliding: Sliding,
  isLearnt: boolean,
): tf.Tensor4D {
  const strides: [number, number] = [...sliding.strides]
  const learnt: tf.Tensor[] = [kernel, ...(bias ? [bias] : []), ...(isLearnt ? [x] : [])]
  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    save([x, kernel])
    return {
      value: tf.fused.conv2d({ x, filter: kernel, strides, pad: sliding.padding, ...(bias ? { bias } : {}) }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [images, weights] = saved as [tf.Tensor4D, tf.Tensor4D]
        const delta = dy as tf.Tensor4D
        return [
          filterGradient(images, delta, weights.shape, sliding),
          ...(bias ? [tf.sum(tf.reshape(dy, [-1, weights.shape[3]]), 0)] : []),
          ...(isLearnt ? [inputGradient(images.shape, delta, weights, sliding)] : []),
        ]
      },
    }
  })
  return run(...learnt) as tf.Tensor4D
}

type Shape = tf.Tensor4D['shape']

/** Processors like one convolution, graphics cards one large product: with few weights, a thread for each is idle. */
const isOnProcessor = (): boolean => tf.getBackend() === 'wasm' || tf.getBackend() === 'cpu'

/** ∂K; `shape` is the kernel's. */
export function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape, sliding: Sliding): tf.Tensor4D {
  return isOnProcessor() ? filterByConvolution(x, dy, shape, sliding) : filterByProduct(x, dy, shape, sliding)
}

/** M = B·H′·W′ windows of N = kh·kw·C numbers are the rows of `columns` (im2col): Y = columns · K, so ∂K = columnsᵀ ∂Y. */
function filterByProduct(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape, sliding: Sliding): tf.Tensor4D {
  const [kh, kw, channels, filters] = shape
  const [sh, sw] = sliding.strides
  // One axis after the other: kh + kw pieces are cut out instead of kh · kw.
  const wide = windowsOf(padFor(x, sliding), { kernelSize: [1, kw], strides: [1, sw], padding: 'valid' })
  const windows = windowsOf(wide, { kernelSize: [kh, 1], strides: [sh, 1], padding: 'valid' })
  const columns = tf.reshape(windows, [-1, kh * kw * channels])
  return tf.reshape(product(columns, tf.reshape(dy, [-1, filters]), true), shape)
}

/** At each position all that the window meets there, as channels: B × H′ × W′ × kh·kw·C. */
function windowsOf(x: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const [kh, kw] = sliding.kernelSize
  const pieces: tf.Tensor4D[] = []
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) pieces.push(shifted(x, x.shape, [i, j], sliding))
  return pieces.length === 1 ? pieces[0]! : tf.concat(pieces, 3)
}

/**
 * ∂K[i,j,c,f] = Σ x[b, p·s+i, q·s+j, c] ∂y[b,p,q,f] is itself a convolution, of x with ∂y as its filter: images are the
 * channels c, channels the samples b, and the strides keep the filter's rows apart.
 */
function filterByConvolution(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape, sliding: Sliding): tf.Tensor4D {
  const [kh, kw, channels, filters] = shape
  const images = tf.transpose(padFor(x, sliding), [3, 1, 2, 0])
  const filter = tf.transpose(dy, [1, 2, 0, 3])
  const found = tf.conv2d(images, filter, 1, 'valid', 'NHWC', [...sliding.strides])
  // Rows that no window reaches give more positions than the kernel has.
  return tf.transpose(tf.slice(found, [0, 0, 0, 0], [channels, kh, kw, filters]), [1, 2, 0, 3])
}

/** ∂x; `shape` is x's. */
export function inputGradient(shape: Shape, dy: tf.Tensor4D, kernel: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  if (!isOnProcessor()) return tf.conv2dTranspose(dy, kernel, shape, [...sliding.strides], sliding.padding)
  return inputByConvolution(shape, dy, kernel, sliding)
}

/** ∂x is ∂y, its pixels as far apart as the strides, convolved with the kernel turned by half a circle. */
function inputByConvolution(shape: Shape, dy: tf.Tensor4D, kernel: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const [kh, kw] = kernel.shape
  const [[top], [left]] = margins(shape, sliding)
  const wide = spread(dy, sliding.strides)
  const [, rows, columns] = wide.shape
  const vertical: [number, number] = [kh - 1 - top, shape[1] - rows + top]
  const horizontal: [number, number] = [kw - 1 - left, shape[2] - columns + left]
  const padded = tf.pad(wide, [[0, 0], vertical, horizontal, [0, 0]])
  return tf.conv2d(padded, tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]), 1, 'valid')
}
