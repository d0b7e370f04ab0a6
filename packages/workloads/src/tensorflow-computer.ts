// The gradient computer on TensorFlow.js, on whichever of its backends is current (see start-backend.ts).
// Intermediate tensors live inside one tf.tidy per batch; what outlives it is owned by a version or a sum.

import type { BackendName } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'
import { deviceFinished } from './device-fence.ts'
import { readFlat, zeroReading } from './flat-reading.ts'
import type { GradientComputer, GradientRange, GradientSum } from './gradient-computer.ts'
import type { LoadedVersion } from './loaded-version.ts'
import { createLocalWalk } from './local-walk.ts'
import { forward } from './network/forward.ts'
import { flatGradient } from './network/gradient.ts'
import type { Network } from './network/plan.ts'
import { createReplica } from './replica/replica.ts'
import { refuseUnfitBatch } from './unfit-batch.ts'

/** Owns `taken`, coordinates and then the loss; null: zeros. */
function rangeOf(taken: tf.Tensor1D | null, coordinates: number, samples: number): GradientRange {
  return {
    read: async () => (taken === null ? zeroReading(coordinates) : readFlat(tf.clone(taken), samples)),
    dispose: () => taken?.dispose(),
  }
}

export function createGradientComputer(network: Network): GradientComputer {
  const backend = tf.getBackend() as BackendName
  let current: LoadedVersion | null = null

  const version = (): LoadedVersion => {
    if (current === null) throw new Error('the gradient computer has no parameters: call loadParameters first')
    return current
  }
  const free = () => {
    if (current === null) return
    current.isFreed = true
    tf.dispose([...current.parameters])
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
        refuseUnfitBatch(batch, network)
        replace(
          tf.tidy(() => {
            const gradient = flatGradient(network, of.parameters, batch, weight)
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
        return total === null ? zeroReading(network.parameterCount) : readFlat(tf.clone(total), samples)
      },
      takeRange(from, to) {
        refuseDisposed()
        const { parameterCount } = network
        if (!(from >= 0 && from < to && to <= parameterCount))
          throw new RangeError(`a sum of ${parameterCount} coordinates has none from ${from} to ${to}`)
        const whole = total
        if (whole === null) return rangeOf(null, to - from, 0)
        const taken = tf.tidy(() =>
          tf.concat1d([tf.slice1d(whole, from, to - from), tf.slice1d(whole, parameterCount, 1)]),
        )
        return rangeOf(taken, to - from, samples)
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
    network,
    loadParameters(flat) {
      if (flat.length !== network.parameterCount)
        throw new RangeError(`this model has ${network.parameterCount} parameters, not ${flat.length}`)
      free()
      const parameters = network.tensors.map(({ offset, length, shape }) =>
        tf.tensor(flat.slice(offset, offset + length), [...shape]),
      )
      current = { parameters, isFreed: false }
    },
    newSum: () => createSum(version(), null, 0),
    newWalk: settings => createLocalWalk(network, version(), settings),
    newReplica: optimiser => createReplica(network, optimiser, version),
    async logits(batch) {
      refuseUnfitBatch(batch, network)
      const { parameters } = version()
      const logits = tf.tidy(() => forward(network, parameters, batch))
      const values = (await logits.data()) as Float32Array
      logits.dispose()
      return values.slice()
    },
    dispose: free,
  }
}
