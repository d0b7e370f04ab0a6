// What is learnt: MNIST where a folder of it was named, otherwise the digits the project draws itself. Kept in shared
// memory, so that threads are handed it without a copy.

import { readDataset } from '@muster/datasets'
import { randomStream } from '@muster/numerics'
import { type Content, makeDigits, type Rows } from '@muster/workloads'

/** Names the folder of MNIST's four files, plain or .gz. */
export const folderVariable = 'MUSTER_MNIST'
/** Names a folder of CIFAR-10 as it is packed for C programs, plain or .gz. */
export const photographsVariable = 'MUSTER_CIFAR10'

export interface TrainingData {
  /** The same for the same samples. */
  readonly key: string
  readonly name: 'mnist' | 'digits' | 'cifar10'
  readonly classes: number
  /** Of one sample. */
  readonly inputShape: readonly number[]
  readonly train: Rows
  readonly test: Rows
}

/** Samples kept of a data set: the first ones after a seeded shuffle. */
export interface DataSizes {
  readonly train: number
  readonly test: number
}

/**
 * @param drawnFor whose samples they are: each experiment has a shuffle of its own
 * @throws DatasetError when a folder was named that does not hold MNIST.
 */
export async function bringData(
  folder: string | undefined,
  sizes: DataSizes,
  seed: number,
  drawnFor: string,
): Promise<TrainingData> {
  const name = folder ? 'mnist' : 'digits'
  const { train, test, classes, inputShape } = folder
    ? (await readDataset({ name, from: folder, kind: 'mnist' })).dataset
    : makeDigits({ seed, trainCount: sizes.train, testCount: sizes.test })
  return {
    key: `${drawnFor} ${name} ${sizes.train} ${sizes.test} ${seed}`,
    name,
    classes,
    inputShape,
    train: drawn(train, sizes.train, randomStream(seed, drawnFor, 'train')),
    test: drawn(test, sizes.test, randomStream(seed, drawnFor, 'test')),
  }
}

/** @throws DatasetError when the folder does not hold CIFAR-10. */
export async function bringPhotographs(
  folder: string,
  sizes: DataSizes,
  seed: number,
  drawnFor: string,
): Promise<TrainingData> {
  const name = 'cifar10'
  const { train, test, classes, inputShape } = (await readDataset({ name, from: folder, kind: name })).dataset
  return {
    key: `${drawnFor} ${name} ${sizes.train} ${sizes.test} ${seed}`,
    ...{ name, classes, inputShape },
    train: drawn(train, sizes.train, randomStream(seed, drawnFor, 'train')),
    test: drawn(test, sizes.test, randomStream(seed, drawnFor, 'test')),
  }
}

type Stream = ReturnType<typeof randomStream>

function drawn(content: Content, wanted: number, stream: Stream): Rows {
  if (content.kind !== 'rows' || !(content.inputs instanceof Uint8Array)) throw new TypeError('images are bytes')
  const { inputSize, inputs, labels } = content
  const order = stream.permutation(content.count).subarray(0, wanted)
  const kept = new Uint8Array(new SharedArrayBuffer(order.length * inputSize))
  const keptLabels = new Uint16Array(new SharedArrayBuffer(2 * order.length))
  order.forEach((from, to) => {
    kept.set(inputs.subarray(from * inputSize, (from + 1) * inputSize), to * inputSize)
    keptLabels[to] = labels[from]!
  })
  return { kind: 'rows', count: order.length, inputSize, inputs: kept, labels: keptLabels }
}
