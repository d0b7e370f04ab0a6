// Files may come packed.

import { gunzipSync } from 'node:zlib'
import { DatasetError, reasonOf } from './dataset-error.ts'
import { byteLimit } from './files.ts'

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The bytes themselves where they are not packed. @throws DatasetError for damaged bytes, and for more than `limit`. */
export function unpacked(bytes: Uint8Array, name: string, limit = byteLimit): Uint8Array {
  if (!isGzip(bytes)) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new DatasetError(
        `${name}: it unpacks to more than ${limit.toLocaleString('en')} bytes; bring less at once.`,
      )
    throw new DatasetError(`${name}: it cannot be unpacked (${reasonOf(error)})`)
  }
}
