// The bilinear layers: dense products, convolution, depthwise convolution, each with the maps of its gradient.

import * as tf from '@tensorflow/tfjs'
import { filterGradient, inputGradient } from '../operations/convolution.ts'
import {
  inputGradient as depthwiseInputGradient,
  kernelGradient as depthwiseKernelGradient,
  perChannel,
} from '../operations/depthwise-convolution.ts'
import { product } from '../operations/product.ts'
import type { Sliding } from '../operations/sliding.ts'
import type { Bilinear } from './bilinear.ts'

/** x rows × in, kernel in × out. */
export const affineMaps: Bilinear = {
  apply: (x, kernel, bias) => tf.fused.matMul({ a: x, b: kernel, ...(bias ? { bias } : {}) }),
  toKernel(x, deltas) {
    if (tf.getBackend() !== 'wasm') return deltas.map(delta => product(x, delta, true))
    // There a product turns its factor first, which is worth doing once for all.
    const turned = tf.transpose(x)
    return deltas.map(delta => product(turned, delta))
  },
  toInput(deltas, kernel) {
    if (tf.getBackend() !== 'wasm') return deltas.map(delta => product(delta, kernel, false, true))
    const turned = tf.transpose(kernel)
    return deltas.map(delta => product(delta, turned))
  },
}

/** x B × H × W × C, kernel kh × kw × C × F. @param input x's shape @param kernel the kernel's */
export function convolutionMaps(input: readonly number[], kernel: readonly number[], sliding: Sliding): Bilinear {
  const strides: [number, number] = [...sliding.strides]
  return {
    apply: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides,
        pad: sliding.padding,
        ...(bias ? { bias } : {}),
      }),
    toKernel: (x, deltas) =>
      deltas.map(delta => filterGradient(x as tf.Tensor4D, delta as tf.Tensor4D, kernel as Four, sliding)),
    toInput: (deltas, filter) =>
      deltas.map(delta => inputGradient(input as Four, delta as tf.Tensor4D, filter as tf.Tensor4D, sliding)),
  }
}

/** x B × H × W × C, kernel kh × kw × C × m. @param input x's shape @param kernel the kernel's */
export function depthwiseMaps(input: readonly number[], kernel: readonly number[], sliding: Sliding): Bilinear {
  const strides: [number, number] = [...sliding.strides]
  return {
    apply(x, filter, bias) {
      const y = tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, sliding.padding)
      return bias ? tf.add(y, bias) : y
    },
    toKernel: (x, deltas) =>
      deltas.map(delta =>
        depthwiseKernelGradient(x as tf.Tensor4D, kernel as Four, perChannel(delta as tf.Tensor4D, kernel), sliding),
      ),
    toInput: (deltas, filter) =>
      deltas.map(delta =>
        depthwiseInputGradient(input as Four, filter as tf.Tensor4D, perChannel(delta as tf.Tensor4D, kernel), sliding),
      ),
  }
}

type Four = [number, number, number, number]
