// Arrays from an .npz, or from the .npy files of a folder, named as the files are.

import path from 'node:path'
import type { Dataset, Rows } from '@muster/workloads'
import { arrangeArrays } from './arrays.ts'
import { DatasetError } from './dataset-error.ts'
import { byteLimit, isDirectory, limitText, listFolder, readBounded } from './files.ts'
import { type NpyArray, readNpy } from './npy.ts'
import { readNpz } from './npz.ts'
import type { ReadOptions } from './options.ts'
import type { Report } from './report.ts'

/** @throws DatasetError */
export async function readArrays(from: string, options: ReadOptions, report: Report): Promise<Dataset<Rows>> {
  const name = path.basename(from)
  if (await isDirectory(from)) return arrangeArrays(await folderOfArrays(from), name, options, report)
  if (from.toLowerCase().endsWith('.npy'))
    throw new DatasetError(
      `${name}: one array cannot be both samples and classes. Put x.npy and y.npy into a folder and name the folder, ` +
        'or save both in one file: np.savez("data.npz", x=x, y=y).',
    )
  return arrangeArrays(readNpz(await readBounded(from), name), name, options, report)
}

async function folderOfArrays(folder: string): Promise<ReadonlyMap<string, NpyArray>> {
  const { files } = await listFolder(folder)
  const archives = files.filter(file => file.endsWith('.npz'))
  if (archives.length === 1) return readNpz(await readBounded(path.join(folder, archives[0]!)), archives[0]!)
  const arrays = new Map<string, NpyArray>()
  let total = 0
  for (const file of files.filter(name => name.endsWith('.npy'))) {
    const bytes = await readBounded(path.join(folder, file))
    total += bytes.length
    if (total > byteLimit) throw new DatasetError(`${folder}: its arrays are more than ${limitText} together.`)
    arrays.set(file.slice(0, -'.npy'.length), readNpy(bytes, file))
  }
  return arrays
}
