// For tests: bytes that show whether they are whole.

import { createHash } from 'node:crypto'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** `length` bytes that depend on the round, and 32 of their hash. */
export function sealedBytes(round: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length + 32)
  bytes.fill(1 + (round % 251))
  bytes.set(digest(bytes.subarray(0, length)), length)
  return bytes
}

/** What the process that is killed writes: large enough that the signal can fall inside a write. */
export const loopBytes = (round: number) => sealedBytes(round, 4_000_000 + (round % 7) * 100_000)

export const isWhole = (bytes: Uint8Array): boolean =>
  bytes.length >= 32 && Buffer.compare(digest(bytes.subarray(0, -32)), bytes.subarray(-32)) === 0
