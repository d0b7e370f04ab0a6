// The oracle of the behaviour suite: the same loss in plain float64, one sample at a time, and its derivative by
// central differences. Slow and simple on purpose, and it shares no code with what it judges.

import { layerWidths, type ModelSpec } from './model.ts'
import type { Batch } from './samples.ts'

function phi(spec: ModelSpec, z: number): number {
  if (spec.kind !== 'mlp') return z
  if (spec.activation === 'tanh') return Math.tanh(z)
  if (spec.activation === 'relu') return Math.max(0, z)
  return 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)))
}

function phiSlope(spec: ModelSpec, z: number): number {
  if (spec.kind !== 'mlp') return 1
  if (spec.activation === 'tanh') return 1 - Math.tanh(z) ** 2
  if (spec.activation === 'relu') return z > 0 ? 1 : 0
  const t = Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))
  return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z)
}

interface PlainSums {
  readonly lossSum: number
  readonly gradient: Float64Array
}

/** Σ ℓ and Σ ∇ℓ over the batch. Layout: kernel (in × out, row by row), bias, kernel, bias, ... */
export function plainGradient(
  spec: ModelSpec,
  inputSize: number,
  classes: number,
  parameters: ArrayLike<number>,
  batch: Batch,
): PlainSums {
  const widths = layerWidths(spec, inputSize, classes)
  const last = widths.length - 2
  const starts = [0]
  for (let l = 0; l <= last; l++) starts.push(starts[l]! + (widths[l]! + 1) * widths[l + 1]!)
  const gradient = new Float64Array(starts.at(-1)!)
  let lossSum = 0
  for (let row = 0; row < batch.size; row++) {
    const x = [Array.from(batch.inputs.subarray(row * inputSize, (row + 1) * inputSize))]
    const z: number[][] = []
    for (let l = 0; l <= last; l++) {
      const [from, to] = [widths[l]!, widths[l + 1]!]
      z[l] = Array.from({ length: to }, (_, j) => {
        let total = parameters[starts[l]! + from * to + j]!
        for (let i = 0; i < from; i++) total += x[l]![i]! * parameters[starts[l]! + i * to + j]!
        return total
      })
      x[l + 1] = z[l]!.map(value => phi(spec, value))
    }
    const label = batch.labels[row]!
    const logits = z[last]!
    const largest = Math.max(...logits)
    const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0)
    lossSum += largest + Math.log(total) - logits[label]!
    let delta = logits.map((value, j) => Math.exp(value - largest) / total - (j === label ? 1 : 0))
    for (let l = last; l >= 0; l--) {
      const [from, to] = [widths[l]!, widths[l + 1]!]
      const before = Array.from({ length: from }, () => 0)
      for (let j = 0; j < to; j++) {
        gradient[starts[l]! + from * to + j]! += delta[j]!
        for (let i = 0; i < from; i++) {
          gradient[starts[l]! + i * to + j]! += x[l]![i]! * delta[j]!
          before[i]! += delta[j]! * parameters[starts[l]! + i * to + j]!
        }
      }
      if (l > 0) delta = before.map((value, i) => value * phiSlope(spec, z[l - 1]![i]!))
    }
  }
  return { lossSum, gradient }
}

/** ∂Σℓ/∂θᵢ by central differences of the plain loss. */
export function differenceQuotient(
  spec: ModelSpec,
  inputSize: number,
  classes: number,
  parameters: Float64Array,
  batch: Batch,
  index: number,
  step = 1e-5,
): number {
  const lossAt = (shift: number) => {
    const moved = Float64Array.from(parameters)
    moved[index]! += shift
    return plainGradient(spec, inputSize, classes, moved, batch).lossSum
  }
  return (lossAt(step) - lossAt(-step)) / (2 * step)
}
