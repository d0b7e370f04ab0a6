// Data sets at the coordinator: imported once into content-addressed partitions, kept in the data folder.

import type { Storage } from '@muster/storage'
import { type Dataset, encodeSamples, makeDigits, partitionRange, sliceSamples } from '@muster/workloads'
import { OperatorError } from './settings.ts'

export interface DatasetManifest {
  readonly title: string
  readonly inputShape: readonly number[]
  readonly classes: number
  readonly classNames: readonly string[]
  readonly trainingSamples: number
  readonly testSamples: number
  /** Blobs of all training samples and all test samples. */
  readonly train: string
  readonly test: string
}

/** Stores a data set whole; it is cut for a run when the run starts. */
export function addDataset(storage: Storage, dataset: Dataset): DatasetManifest {
  const { name, title, inputShape, classes, classNames, train, test } = dataset
  const manifest: DatasetManifest = {
    title,
    inputShape,
    classes,
    classNames,
    trainingSamples: train.count,
    testSamples: test.count,
    train: storage.blobs.put(encodeSamples(train)),
    test: storage.blobs.put(encodeSamples(test)),
  }
  storage.datasets.put({ name, manifest })
  return manifest
}

/** `digits` is made on the spot; any other must have been added. @throws OperatorError */
export function findDataset(storage: Storage, name: string): DatasetManifest {
  const stored = storage.datasets.get(name)
  if (stored) return stored.manifest as DatasetManifest
  if (name === 'digits') return addDataset(storage, makeDigits())
  throw new OperatorError(
    `"dataset" is "${name}", which this data folder does not hold. Add it with: npx muster data add ${name} --from FOLDER`,
  )
}

/** Cuts the training samples into k blobs, in order. */
export function cutPartitions(
  storage: Storage,
  manifest: DatasetManifest,
  partitions: number,
  decode: (bytes: Uint8Array) => Dataset['train'],
): string[] {
  if (partitions > manifest.trainingSamples) {
    throw new OperatorError(
      `"partitions" is ${partitions}; allowed: at most the ${manifest.trainingSamples} training samples.`,
    )
  }
  const bytes = storage.blobs.get(manifest.train)
  if (!bytes)
    throw new OperatorError('The data folder lacks the training samples of this data set. Add the data set again.')
  const samples = decode(bytes)
  return Array.from({ length: partitions }, (_, j) => {
    const { from, to } = partitionRange(samples.count, partitions, j)
    return storage.blobs.put(encodeSamples(sliceSamples(samples, from, to)))
  })
}
