// The parameters a run starts from: a pure function of model and seed.
// Must not hold: anything learnt.

import { randomStream } from '@muster/numerics'
import { type ModelSpec, modelLayout } from './model.ts'

/**
 * Flat, in layout order. Biases are zero. Kernels are drawn uniformly from ±√(6/(in+out)) (Glorot and Bengio 2010)
 * where the activation is tanh or none, and from N(0, 2/in) (He et al. 2015) in front of relu and gelu.
 */
export function initialParameters(spec: ModelSpec, inputSize: number, classes: number, seed: number): Float32Array {
  const { tensors, parameterCount } = modelLayout(spec, inputSize, classes)
  const flat = new Float32Array(parameterCount)
  const kernels = tensors.filter(tensor => tensor.shape.length === 2)
  kernels.forEach((kernel, layer) => {
    const [fanIn, fanOut] = kernel.shape as [number, number]
    const stream = randomStream(seed, 'initial parameters', kernel.name)
    const isRectified = spec.kind === 'mlp' && spec.activation !== 'tanh' && layer < kernels.length - 1
    const reach = isRectified ? Math.sqrt(2 / fanIn) : Math.sqrt(6 / (fanIn + fanOut))
    for (let i = kernel.offset; i < kernel.offset + kernel.length; i++)
      flat[i] = reach * (isRectified ? stream.normal() : 2 * stream.uniform() - 1)
  })
  return flat
}
