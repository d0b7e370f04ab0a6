// A message of many megabytes as chunks that any data channel carries. Each has a 12-byte little-endian header:
//
//   0  u32 message number    4  u32 bytes of the whole message    8  u32 offset of this chunk    12  payload
//
// The channel keeps order, so the receiver knows exactly what comes next. Whatever else comes is malformed.

export const chunkHeaderBytes = 12
export const chunkPayloadBytes = 16_384

/** The chunk of a message that begins at an offset; all but the last are full. */
export function chunkAt(number: number, message: Uint8Array, offset: number): Uint8Array<ArrayBuffer> {
  const payload = message.subarray(offset, offset + chunkPayloadBytes)
  const chunk = new Uint8Array(chunkHeaderBytes + payload.byteLength)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, number, true)
  view.setUint32(4, message.byteLength, true)
  view.setUint32(8, offset, true)
  chunk.set(payload, chunkHeaderBytes)
  return chunk
}

/** Numbers go round. */
export const numberAfter = (number: number): number => (number + 1) >>> 0

export type Reassembled = Uint8Array<ArrayBuffer> | 'incomplete' | 'malformed'

export interface Reassembly {
  /** The message that this chunk completes. Nothing is to be taken after 'malformed'. */
  take(chunk: ArrayBuffer): Reassembled
}

/** Puts one message after another together, and holds no more than one. */
export function createReassembly(messageBytesMax: number): Reassembly {
  let number = 0
  let message: Uint8Array<ArrayBuffer> | null = null
  let received = 0

  return {
    take(chunk) {
      if (chunk.byteLength < chunkHeaderBytes) return 'malformed'
      const view = new DataView(chunk)
      const total = view.getUint32(4, true)
      if (view.getUint32(0, true) !== number || view.getUint32(8, true) !== received) return 'malformed'
      if (message === null ? total > messageBytesMax : total !== message.byteLength) return 'malformed'
      const payload = new Uint8Array(chunk, chunkHeaderBytes)
      if (payload.byteLength !== Math.min(chunkPayloadBytes, total - received)) return 'malformed'
      message ??= new Uint8Array(total)
      message.set(payload, received)
      received += payload.byteLength
      if (received < total) return 'incomplete'
      const complete = message
      number = numberAfter(number)
      message = null
      received = 0
      return complete
    },
  }
}
