// What somebody brings, whatever it is, as a data set.

import type { Dataset } from '@muster/workloads'
import { readCifar10 } from './cifar10.ts'
import { readCsv } from './csv.ts'
import { DatasetError } from './dataset-error.ts'
import { detectKind, type Kind } from './detect.ts'
import { readImages } from './images.ts'
import { loadMnist } from './node-mnist.ts'
import { readArrays } from './npy-files.ts'
import type { ReadOptions } from './options.ts'
import { type Report, silent } from './report.ts'
import { readText } from './text.ts'

export interface Brought {
  /** What runs will call it. */
  readonly name: string
  /** A file or a folder. */
  readonly from: string
  /** Default: whatever seems to lie there. */
  readonly kind?: Kind | undefined
  readonly options?: ReadOptions
}

export interface ReadResult {
  readonly kind: Kind
  readonly dataset: Dataset
}

/**
 * The same place and options give the same data set.
 * @throws DatasetError that says what is wrong with what was brought, where, and what would help.
 */
export async function readDataset(
  { name, from, kind, options = {} }: Brought,
  report: Report = silent,
): Promise<ReadResult> {
  const found = await detectKind(from, kind)
  report.say(`Read as ${found.kind}: ${found.reason}.`)
  const dataset = await read(found.kind, found.from, options, report).catch(error => {
    throw isOutOfMemory(error)
      ? new DatasetError(`${from}: it does not fit into the memory of this machine; bring a part of it.`)
      : error
  })
  return { kind: found.kind, dataset: { ...dataset, name } }
}

function read(kind: Kind, from: string, options: ReadOptions, report: Report): Promise<Dataset> {
  switch (kind) {
    case 'csv':
      return readCsv(from, options, report)
    case 'npy':
      return readArrays(from, options, report)
    case 'images':
      return readImages(from, options, report)
    case 'text':
      return readText(from, options, report)
    case 'cifar10':
      return readCifar10(from, report)
    case 'mnist':
      return loadMnist(from)
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RangeError && /allocation failed|invalid (typed )?array length/i.test(error.message)
