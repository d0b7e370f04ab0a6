// The gradient computer on TensorFlow.js, on whichever of its backends is current (see start-backend.ts).
// Intermediate tensors live inside one tf.tidy per batch; what outlives it is owned by a version or a sum.

import type { BackendName } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'
import { type DenseLayer, flatGradient, forward, needsExplicitTranspose } from './dense-network.ts'
import { deviceFinished } from './device-fence.ts'
import type { GradientComputer, GradientSum } from './gradient-computer.ts'
import { layerWidths, type ModelSpec, modelLayout } from './model.ts'
import type { Batch } from './samples.ts'

/** One set of parameters on the device. */
interface LoadedVersion {
  readonly layers: readonly DenseLayer[]
  isFreed: boolean
}

export function createGradientComputer(spec: ModelSpec, inputSize: number, classes: number): GradientComputer {
  const layout = modelLayout(spec, inputSize, classes)
  const widths = layerWidths(spec, inputSize, classes)
  const activation = spec.kind === 'mlp' ? spec.activation : 'tanh'
  const backend = tf.getBackend() as BackendName
  let current: LoadedVersion | null = null

  const version = (): LoadedVersion => {
    if (current === null) throw new Error('the gradient computer has no parameters: call loadParameters first')
    return current
  }
  const free = () => {
    if (current === null) return
    current.isFreed = true
    for (const layer of current.layers) tf.dispose([layer.kernel, layer.bias, layer.kernelTransposed ?? []])
    current = null
  }

  /** What sums of this computer may know of each other, and nobody else. */
  const insides = new WeakMap<GradientSum, () => { of: LoadedVersion; total: tf.Tensor1D | null; samples: number }>()

  /** `total` is null while nothing has been added: zeros need no device. */
  function createSum(of: LoadedVersion, total: tf.Tensor1D | null, samples: number): GradientSum {
    let isDisposed = false
    const replace = (next: tf.Tensor1D) => {
      total?.dispose()
      total = next
    }
    const refuseDisposed = () => {
      if (isDisposed) throw new Error('this gradient sum has been disposed of')
    }
    const sum: GradientSum = {
      async add(batch, weight = 1) {
        refuseDisposed()
        if (of.isFreed) throw new Error('this gradient sum belongs to parameters that have been replaced')
        refuseUnfitBatch(batch, inputSize)
        const targets = oneHot(batch.labels, batch.size, classes)
        replace(
          tf.tidy(() => {
            const gradient = flatGradient(
              of.layers,
              activation,
              tf.tensor2d(batch.inputs, [batch.size, inputSize]),
              tf.tensor2d(targets, [batch.size, classes]),
              weight,
            )
            return total === null ? gradient : tf.add(total, gradient)
          }),
        )
        samples += batch.size
        await deviceFinished()
      },
      async include(other, weight) {
        refuseDisposed()
        const taken = insides.get(other)?.()
        if (taken === undefined || taken.of !== of) throw new Error('this gradient sum belongs to other parameters')
        samples += taken.samples
        if (taken.total === null) return
        const added = taken.total
        replace(
          tf.tidy(() => {
            const scaled = weight === 1 ? tf.clone(added) : tf.mul(added, weight)
            return (total === null ? scaled : tf.add(total, scaled)) as tf.Tensor1D
          }),
        )
        await deviceFinished()
      },
      copy() {
        refuseDisposed()
        return createSum(of, total && tf.clone(total), samples)
      },
      async read() {
        refuseDisposed()
        const counted = samples
        if (total === null) return { gradient: new Float32Array(layout.parameterCount), lossSum: 0, samples: counted }
        const held = tf.clone(total)
        try {
          const flat = (await held.data()) as Float32Array
          const gradient = flat.slice(0, layout.parameterCount)
          return { gradient, lossSum: flat[layout.parameterCount]!, samples: counted }
        } finally {
          held.dispose()
        }
      },
      dispose() {
        total?.dispose()
        total = null
        isDisposed = true
      },
    }
    insides.set(sum, () => ({ of, total, samples }))
    return sum
  }

  return {
    backend,
    parameterCount: layout.parameterCount,
    inputSize,
    classes,
    loadParameters(flat) {
      if (flat.length !== layout.parameterCount)
        throw new RangeError(`this model has ${layout.parameterCount} parameters, not ${flat.length}`)
      free()
      const piece = (index: number) => {
        const { offset, length } = layout.tensors[index]!
        return flat.slice(offset, offset + length)
      }
      const layers = widths.slice(1).map((width, l): DenseLayer => {
        const kernel = tf.tensor2d(piece(2 * l), [widths[l]!, width])
        const kernelTransposed = l > 0 && needsExplicitTranspose() ? tf.transpose(kernel) : null
        return { kernel, kernelTransposed, bias: tf.tensor1d(piece(2 * l + 1)) }
      })
      current = { layers, isFreed: false }
    },
    newSum: () => createSum(version(), null, 0),
    async logits(batch) {
      refuseUnfitBatch(batch, inputSize)
      const { layers } = version()
      const logits = tf.tidy(
        () => forward(layers, activation, tf.tensor2d(batch.inputs, [batch.size, inputSize])).logits,
      )
      const values = (await logits.data()) as Float32Array
      logits.dispose()
      return values.slice()
    },
    dispose: free,
  }
}

function refuseUnfitBatch(batch: Batch, inputSize: number): void {
  if (batch.inputs.length !== batch.size * inputSize || batch.labels.length !== batch.size)
    throw new RangeError(
      `a batch of ${batch.size} needs ${batch.size * inputSize} inputs and ${batch.size} labels, ` +
        `not ${batch.inputs.length} and ${batch.labels.length}`,
    )
}

function oneHot(labels: Uint8Array, size: number, classes: number): Float32Array {
  const rows = new Float32Array(size * classes)
  for (let row = 0; row < size; row++) {
    const label = labels[row]!
    if (label >= classes) throw new RangeError(`label ${label} where there are ${classes} classes`)
    rows[row * classes + label] = 1
  }
  return rows
}
