// MNIST put together from its four IDX files, checked against each other.

import type { Dataset, Rows } from '@muster/workloads'
import { DatasetError } from './dataset-error.ts'
import type { IdxArray } from './idx.ts'

/** The usual names, without a `.gz` that may follow. */
export const mnistFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const

export type MnistPart = keyof typeof mnistFiles

const classes = 10

/** @throws DatasetError that names the file and what is wrong with it. */
export function assembleMnist(parts: Readonly<Record<MnistPart, IdxArray>>): Dataset<Rows> {
  const train = pair(parts, 'trainImages', 'trainLabels')
  const test = pair(parts, 'testImages', 'testLabels')
  const inputShape = parts.trainImages.shape.slice(1)
  const testShape = parts.testImages.shape.slice(1)
  if (inputShape.join() !== testShape.join())
    throw new DatasetError(
      `${mnistFiles.testImages}: its images are ${testShape.join(' × ')}, those of ${mnistFiles.trainImages} ` +
        inputShape.join(' × '),
    )
  return {
    name: 'mnist',
    title: 'MNIST handwritten digits',
    inputShape,
    classes,
    classNames: Array.from({ length: classes }, (_, digit) => String(digit)),
    train,
    test,
  }
}

function pair(parts: Readonly<Record<MnistPart, IdxArray>>, images: MnistPart, labels: MnistPart): Rows {
  const [imagesName, labelsName] = [mnistFiles[images], mnistFiles[labels]]
  const { shape, values } = parts[images]
  const labelled = parts[labels]
  if (shape.length !== 3)
    throw new DatasetError(`${imagesName}: images have 3 dimensions, this file has ${shape.length}`)
  if (labelled.shape.length !== 1)
    throw new DatasetError(`${labelsName}: labels have 1 dimension, this file has ${labelled.shape.length}`)
  const [count, rows, columns] = shape as [number, number, number]
  if (count * rows * columns === 0) throw new DatasetError(`${imagesName}: it holds no pixels`)
  if (labelled.shape[0] !== count)
    throw new DatasetError(`${labelsName}: ${labelled.shape[0]} labels for the ${count} images of ${imagesName}`)
  const strange = labelled.values.findIndex(label => label >= classes)
  if (strange >= 0)
    throw new DatasetError(
      `${labelsName}: label ${strange} is ${labelled.values[strange]}; labels are 0 to ${classes - 1}`,
    )
  return { kind: 'rows', count, inputSize: rows * columns, inputs: values, labels: Uint16Array.from(labelled.values) }
}
