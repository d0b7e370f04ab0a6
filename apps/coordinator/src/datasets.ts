// Data sets at the coordinator: imported once into content-addressed blobs, kept in the data folder, cut for a run.

import { createHash } from 'node:crypto'
import type { Storage } from '@muster/storage'
import {
  type Column,
  type Content,
  type Dataset,
  decodeSamples,
  encodeSamples,
  makeDigits,
  partitionRange,
  type Samples,
  samplesVersion,
  sliceSamples,
  windowsOf,
} from '@muster/workloads'
import { OperatorError } from './settings.ts'

export interface DatasetManifest {
  /** Of the samples' encoding: what an earlier version stored is not read. */
  readonly format: number
  readonly title: string
  /** Empty for a text. */
  readonly inputShape: readonly number[]
  readonly classes: number
  readonly classNames: readonly string[]
  readonly columns?: readonly Column[]
  /** Rows, or tokens of a text. */
  readonly trainingSamples: number
  readonly testSamples: number
  /** Blobs of all training samples and all test samples. */
  readonly train: string
  readonly test: string
}

/** So many windows of a held-out text are evaluated, spread over the whole of it. */
const testWindowsMax = 256

/** Stores a data set whole; it is cut for a run when the run starts. */
export function addDataset(storage: Storage, dataset: Dataset): DatasetManifest {
  const { name, title, inputShape, classes, classNames, columns, train, test } = dataset
  const manifest: DatasetManifest = {
    format: samplesVersion,
    title,
    inputShape,
    classes,
    classNames,
    ...(columns === undefined ? {} : { columns }),
    trainingSamples: countOf(train),
    testSamples: countOf(test),
    train: storage.blobs.put(encodeSamples(train)),
    test: storage.blobs.put(encodeSamples(test)),
  }
  storage.datasets.put({ name, manifest })
  return manifest
}

const countOf = (content: Content): number => (content.kind === 'rows' ? content.count : content.tokens.length)

/**
 * The data set under a name that its content is part of: what a run was begun with stays its own, whatever is later
 * stored under the name that an operator knows.
 */
export function pinDataset(storage: Storage, name: string, manifest: DatasetManifest): string {
  if (isPinned(name)) return name
  const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 8)
  const pinned = `${name}@${digest}`
  if (!storage.datasets.get(pinned)) storage.datasets.put({ name: pinned, manifest })
  return pinned
}

/** Whether a name is one that runs keep for themselves. */
export const isPinned = (name: string): boolean => name.includes('@')

/** `digits` is made on the spot; any other must have been added. @throws OperatorError */
export function findDataset(storage: Storage, name: string): DatasetManifest {
  const stored = storage.datasets.get(name)?.manifest as DatasetManifest | undefined
  if (stored?.format === samplesVersion) return stored
  if (name === 'digits') return addDataset(storage, makeDigits())
  const lack = stored ? 'was stored by an earlier version. Add it again' : 'is not held by this data folder. Add it'
  throw new OperatorError(`"dataset" is "${name}", which ${lack} with: npx muster data add ${name} --from PATH`)
}

/** @throws OperatorError where the data folder has lost them. */
export function loadContent(storage: Storage, hash: string): Content {
  const bytes = storage.blobs.get(hash)
  if (!bytes) throw new OperatorError('The data folder lacks samples of this data set. Add the data set again.')
  const content = decodeSamples(bytes)
  if (content.kind === 'windows') throw new OperatorError('The data folder holds a cut text where a whole one belongs.')
  return content
}

/** @param window tokens a model reads at once; null for rows. @throws OperatorError when a text is too short for it. */
export function trainingSamples(content: Content, window: number | null): Samples {
  if (content.kind === 'rows' || window === null) return rowsOf(content)
  return cutText(() => windowsOf(content, window))
}

export function testSamples(content: Content, window: number | null): Samples {
  if (content.kind === 'rows' || window === null) return rowsOf(content)
  const spread = Math.floor((content.tokens.length - 1 - window) / (testWindowsMax - 1))
  return cutText(() => windowsOf(content, window, Math.max(window, spread)))
}

function rowsOf(content: Content): Samples {
  if (content.kind === 'rows') return content
  throw new OperatorError('The data is a text, and the model reads rows. A model of kind "transformer" reads a text.')
}

function cutText<T>(cut: () => T): T {
  try {
    return cut()
  } catch (error) {
    throw new OperatorError(`The data does not fit the model: ${(error as Error).message}.`)
  }
}

/** Cuts the training samples into k blobs, in order. */
export const cutPartitions = (storage: Storage, samples: Samples, partitions: number): string[] =>
  Array.from({ length: partitions }, (_, j) => {
    const { from, to } = partitionRange(samples.count, partitions, j)
    return storage.blobs.put(encodeSamples(sliceSamples(samples, from, to)))
  })
