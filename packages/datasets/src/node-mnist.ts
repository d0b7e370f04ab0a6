// Loads MNIST from a folder of the usual four files, plain or gzipped.

import path from 'node:path'
import type { Dataset, Rows } from '@muster/workloads'
import { DatasetError } from './dataset-error.ts'
import { listFolder, readBounded } from './files.ts'
import { unpacked } from './gzip.ts'
import { type IdxArray, readIdx } from './idx.ts'
import { assembleMnist, mnistFiles } from './mnist.ts'

/** @throws DatasetError that names the file and what is wrong with it, or the folder and what it lacks. */
export async function loadMnist(folder: string): Promise<Dataset<Rows>> {
  const { files } = await listFolder(folder)
  const load = async (name: string): Promise<IdxArray> => {
    const found = [name, `${name}.gz`].find(candidate => files.includes(candidate))
    if (found === undefined) throw new DatasetError(`${folder} holds neither ${name} nor ${name}.gz`)
    return readIdx(unpacked(await readBounded(path.join(folder, found)), found), found)
  }
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    load(mnistFiles.trainImages),
    load(mnistFiles.trainLabels),
    load(mnistFiles.testImages),
    load(mnistFiles.testLabels),
  ])
  return assembleMnist({ trainImages, trainLabels, testImages, testLabels })
}
