// How much of a queue a message takes, and which are too long to be sent at all.

import type { PeerMessage } from './direct-links.ts'

/** Strings are words about the work, never the work. */
export const wordBytesMax = 65_536
/** Every queue has room for this much beside the longest messages. */
export const spareBytes = 65_536
/** An empty message takes room too. */
const overheadBytes = 16

const encoder = new TextEncoder()
export const bytesOf = (message: PeerMessage): number =>
  overheadBytes + (typeof message === 'string' ? encoder.encode(message).byteLength : message.byteLength)

export const isTooLong = (message: PeerMessage, messageBytesMax: number): boolean =>
  bytesOf(message) - overheadBytes > (typeof message === 'string' ? wordBytesMax : messageBytesMax)
