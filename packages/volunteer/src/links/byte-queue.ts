// Bytes on their way to one neighbour: what the channel will not take yet waits here, up to a bound.

import { chunkAt, chunkPayloadBytes, numberAfter } from './chunks.ts'
import { bytesOf } from './message-size.ts'

/** The channel's own queue is filled up to here, and filled again when it has sunk to the low mark. */
const highWaterBytes = 2 ** 20
const lowWaterBytes = 2 ** 18

export type SendingChannel = Pick<RTCDataChannel, 'readyState' | 'bufferedAmount' | 'bufferedAmountLowThreshold'> & {
  send(data: Uint8Array<ArrayBuffer>): void
}

export interface ByteQueue {
  /** Whether there was room. */
  push(message: Uint8Array<ArrayBuffer>): boolean
  /** The channel has room again. */
  goOn(): void
}

/** `onRoom`: something left after a push had been refused. */
export function createByteQueue(channel: SendingChannel, waitingBytesMax: number, onRoom: () => void): ByteQueue {
  const waiting: Uint8Array<ArrayBuffer>[] = []
  let waitingBytes = 0
  let number = 0
  /** Of the first that waits, what was given to the channel. */
  let offset = 0
  let hasRefused = false
  /** A message, since then. */
  let hasLeft = false
  channel.bufferedAmountLowThreshold = lowWaterBytes

  const mayGive = () => waiting.length > 0 && channel.readyState === 'open' && channel.bufferedAmount < highWaterBytes

  function fill(): void {
    try {
      while (mayGive()) giveChunk()
    } catch {
      // The channel closed a moment ago, and will say so.
    }
  }

  function giveChunk(): void {
    const message = waiting[0]!
    channel.send(chunkAt(number, message, offset))
    const sent = Math.min(chunkPayloadBytes, message.byteLength - offset)
    offset += sent
    waitingBytes -= sent
    if (offset < message.byteLength) return
    waiting.shift()
    waitingBytes -= bytesOf(message) - message.byteLength
    number = numberAfter(number)
    offset = 0
    hasLeft = true
  }

  return {
    push(message) {
      const bytes = bytesOf(message)
      if (waitingBytes + bytes > waitingBytesMax) {
        hasRefused = true
        hasLeft = false
        return false
      }
      waiting.push(message)
      waitingBytes += bytes
      fill()
      return true
    },
    goOn() {
      fill()
      if (!hasRefused || !hasLeft) return
      hasRefused = false
      onRoom()
    },
  }
}
