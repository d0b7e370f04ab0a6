// What workers learn: a network on brought images, cut into the partitions of a run, with the gradients and curvatures
// that a volunteer's page computes. Read synchronously: virtual time waits for nobody.

import type { Problem } from '@muster/simulator'
import {
  initialParameters,
  type Network,
  networkOf,
  type Rows,
  rademacher,
  roundSamples,
  spatialAverage,
} from '@muster/workloads'
import { flatGradient } from '@muster/workloads/flat-gradient'
import { hessianVectorProduct } from '@muster/workloads/hessian-vector-product'
import * as tf from '@tensorflow/tfjs'
import type { TrainingData } from '../learning/bring-data.ts'
import { layOut } from './lay-out.ts'
import { batchPerPartition, model, type Split } from './setting.ts'

export interface DataPlan {
  readonly split: Split
  readonly overlap: number
  readonly workers: number
  readonly seed: number
}

export const networkFor = ({ inputShape, classes }: Pick<TrainingData, 'inputShape' | 'classes'>): Network =>
  networkOf(model, { inputShape, classes })

/** On the backend that is current when it is asked. */
export function createNetworkProblem(data: TrainingData, plan: DataPlan): Required<Problem> {
  const network = networkFor(data)
  const { parameterCount: dimension } = network
  const { inputShape } = data
  const { seed } = plan
  const pieces = cut(data, plan)
  const batchOf = (draw: number, partition: number) =>
    roundSamples({ seed, batchPerPartition, inputShape, augmentation: null }, pieces[partition]!, draw, partition)
  const placed = (parameters: Float32Array) =>
    network.tensors.map(({ offset, length, shape }) =>
      tf.tensor(parameters.subarray(offset, offset + length), [...shape]),
    )

  /** The loss is behind the gradient. */
  function gradient(parameters: Float32Array, draw: number, partition: number) {
    const flat = numbersOf(() => [flatGradient(network, placed(parameters), batchOf(draw, partition), 1)])[0]!
    return { gradient: flat.subarray(0, dimension), lossSum: flat[dimension]! }
  }

  function alongSigns(parameters: Float32Array, draw: number, partition: number, probe: number) {
    const [found, loss, product] = numbersOf(() => {
      const z = tf.tensor1d(rademacher(dimension, seed, probe, partition))
      const curved = hessianVectorProduct(network, placed(parameters), batchOf(draw, partition), z)
      return [curved.gradient, curved.loss, curved.product]
    })
    return { gradient: found!, lossSum: loss![0]!, product: product! }
  }

  return {
    dimension,
    samplesPerPartition: batchPerPartition,
    start: () => initialParameters(network, seed),
    gradient,
    curvature: Object.assign(alongSigns, {
      averaged: (product: Float64Array) => Float64Array.from(spatialAverage(network, product, 'convolutions')),
    }),
  }
}

function numbersOf(compute: () => readonly tf.Tensor[]): Float32Array[] {
  let numbers: Float32Array[] = []
  // Nothing is handed out of it: of what is, every number would be looked at for a tensor.
  tf.tidy(() => {
    numbers = compute().map(tensor => tensor.dataSync<'float32'>())
  })
  return numbers
}

interface Cut {
  readonly key: string
  readonly pieces: readonly Rows[]
}

let last: Cut | undefined

/** A thread plays many runs on the same data. */
function cut({ key: of, train }: TrainingData, { split, overlap, workers }: DataPlan): readonly Rows[] {
  const key = [of, split, overlap, workers].join(' ')
  if (last?.key !== key)
    last = {
      key,
      pieces: layOut({ split, overlap, workers, labels: train.labels }).map(indices => taken(train, indices)),
    }
  return last.pieces
}

function taken({ inputSize, inputs, labels }: Rows, indices: Uint32Array): Rows {
  const own = new Uint8Array(indices.length * inputSize)
  indices.forEach((from, to) => void own.set(inputs.subarray(from * inputSize, (from + 1) * inputSize), to * inputSize))
  const ownLabels = Uint16Array.from(indices, i => labels[i]!)
  return { kind: 'rows', count: indices.length, inputSize, inputs: own, labels: ownLabels }
}
