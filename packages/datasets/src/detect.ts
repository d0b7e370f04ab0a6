// What kind of data lies at a place, judged by names alone.

import path from 'node:path'
import { isCifarFile } from './cifar10.ts'
import { DatasetError } from './dataset-error.ts'
import { isDirectory, listFolder, sizeOf } from './files.ts'
import { mnistFiles } from './mnist.ts'

export const kinds = ['csv', 'npy', 'images', 'text', 'cifar10', 'mnist'] as const
export type Kind = (typeof kinds)[number]

export interface Detected {
  readonly kind: Kind
  /** Why, as the second half of a sentence. */
  readonly reason: string
  /** Where to read: the place itself, or the one file of a folder that is meant. */
  readonly from: string
}

const endings: Readonly<Record<string, Kind>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.npz': 'npy',
  '.npy': 'npy',
  '.txt': 'text',
}
const kindOf = (file: string): Kind | undefined => endings[path.extname(file).toLowerCase()]

/** @throws DatasetError that lists the kinds when none fits. */
export async function detectKind(from: string, asked?: Kind): Promise<Detected> {
  if (!(await isDirectory(from))) {
    await sizeOf(from)
    const kind = asked ?? kindOf(from)
    if (kind === 'images' || kind === 'cifar10' || kind === 'mnist')
      throw new DatasetError(`${from} is a file; --kind ${kind} reads a folder.`)
    if (kind) return { kind, reason: asked ? 'as asked' : `its name ends with ${path.extname(from)}`, from }
    throw new DatasetError(`${from}: its name does not tell what it holds. Say --kind csv, npy or text.`)
  }
  const { files, folders } = await listFolder(from)
  const fits = folderKinds(files, folders)
  const found = asked ? fits.find(({ kind }) => kind === asked) : fits[0]
  if (!found && asked === 'csv')
    throw new DatasetError(`${from}: it does not hold exactly one .csv file; name the file.`)
  if (!found && asked) return { kind: asked, reason: 'as asked', from }
  if (!found)
    throw new DatasetError(
      `${from}: nothing in it is known here. A data set is a .csv file, an .npz file or a folder with x.npy and y.npy, ` +
        'a folder with a folder of PNG or JPEG images per class, .txt files, the .bin files of CIFAR-10, or the four files of MNIST.',
    )
  const { kind, reason, file } = found
  return { kind, reason, from: file === undefined ? from : path.join(from, file) }
}

interface Fit {
  readonly kind: Kind
  readonly reason: string
  readonly file?: string
}

/** The most particular first. */
function folderKinds(files: readonly string[], folders: readonly string[]): Fit[] {
  const fits: Fit[] = []
  const mnist = files.find(file => Object.values<string>(mnistFiles).includes(file.replace(/\.gz$/, '')))
  if (mnist) fits.push({ kind: 'mnist', reason: `the folder holds ${mnist}` })
  const cifar = files.find(isCifarFile)
  if (cifar) fits.push({ kind: 'cifar10', reason: `the folder holds ${cifar}` })
  const array = files.find(file => kindOf(file) === 'npy')
  if (array) fits.push({ kind: 'npy', reason: `the folder holds ${array}` })
  const tables = files.filter(file => kindOf(file) === 'csv')
  if (tables.length === 1) fits.push({ kind: 'csv', reason: `the folder holds ${tables[0]}`, file: tables[0]! })
  if (folders.length > 0 && tables.length === 0) fits.push({ kind: 'images', reason: 'the folder holds folders' })
  const text = files.find(file => kindOf(file) === 'text')
  if (text) fits.push({ kind: 'text', reason: `the folder holds ${text}` })
  return fits
}
