// Loads MNIST from a folder of the usual four files, plain or gzipped.

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Dataset, Rows } from '@muster/workloads'
import { type IdxArray, isGzip, readIdx } from './idx.ts'
import { assembleMnist, mnistFiles } from './mnist.ts'

/** @throws Error that names the file and what is wrong with it, or the folder and what it lacks. */
export async function loadMnist(folder: string): Promise<Dataset<Rows>> {
  const load = (name: string) => readIdxFile(folder, name)
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    load(mnistFiles.trainImages),
    load(mnistFiles.trainLabels),
    load(mnistFiles.testImages),
    load(mnistFiles.testLabels),
  ])
  return assembleMnist({ trainImages, trainLabels, testImages, testLabels })
}

async function readIdxFile(folder: string, name: string): Promise<IdxArray> {
  for (const candidate of [name, `${name}.gz`]) {
    const bytes = await readFile(path.join(folder, candidate)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw new Error(`${path.join(folder, candidate)}: it cannot be read (${error.code})`)
    })
    if (bytes !== null) return readIdx(unpacked(bytes, candidate), candidate)
  }
  throw new Error(`${folder} holds neither ${name} nor ${name}.gz`)
}

function unpacked(bytes: Uint8Array, name: string): Uint8Array {
  if (!isGzip(bytes)) return bytes
  try {
    return gunzipSync(bytes)
  } catch (error) {
    throw new Error(`${name}: it cannot be unpacked (${error instanceof Error ? error.message : String(error)})`)
  }
}
