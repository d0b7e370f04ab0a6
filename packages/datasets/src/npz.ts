// Several arrays in one zip, as numpy.savez writes them.
// Must not hold: files.

import { unzipSync } from 'fflate'
import { DatasetError, reasonOf } from './dataset-error.ts'
import { byteLimit } from './files.ts'
import { type NpyArray, readNpy } from './npy.ts'

const memberLimit = 1000

/**
 * Arrays by name. Members that are no arrays are left packed.
 * @throws DatasetError for a damaged archive, and for one that unpacks to more than `limit` bytes.
 */
export function readNpz(bytes: Uint8Array, name: string, limit = byteLimit): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>()
  for (const [member, content] of Object.entries(unpack(bytes, name, limit)))
    arrays.set(member.slice(0, -'.npy'.length), readNpy(content, `${name}, ${member}`))
  return arrays
}

function unpack(bytes: Uint8Array, name: string, limit: number): Record<string, Uint8Array> {
  let total = 0
  let members = 0
  try {
    return unzipSync(bytes, {
      // Each member is given as many bytes as it claims, and no more: the claims are what has to be bounded.
      filter: ({ name: member, size, originalSize }) => {
        if (++members > memberLimit) throw new DatasetError(`${name}: it has more than ${memberLimit} members.`)
        if (!member.endsWith('.npy')) return false
        total += Math.max(size, originalSize)
        if (!(total <= limit))
          throw new DatasetError(
            `${name}: its arrays unpack to more than ${limit.toLocaleString('en')} bytes; bring less at once.`,
          )
        return true
      },
    })
  } catch (error) {
    if (error instanceof DatasetError) throw error
    throw new DatasetError(`${name}: it cannot be unpacked (${reasonOf(error)})`)
  }
}
