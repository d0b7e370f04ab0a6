// A result on the wire: a 48-byte little-endian header, then 32-bit floats of a coordinate range: the whole vector, or
// of work in tiles one segment or several adjacent ones, for each of which the header holds.
//
//   0  u32 magic 'MSTR'      4  u8 version   5  u8 type (1: float32)   6  u16 header length
//   8  u32 lease            12  u32 round   16  u32 model version     20  u32 covers (partitions)
//  24  u32 samples          28  u32 first coordinate                  32  u32 coordinates
//  36  f32 computing time (ms)              40  f64 loss sum          48  payload

import type { ErrorCode } from './error-codes.ts'

const magic = 0x5254534d
const frameVersion = 1
const float32Type = 1
export const frameHeaderBytes = 48

export interface ResultHeader {
  readonly lease: number
  readonly round: number
  readonly modelVersion: number
  /** How many of the lease's partitions the sum covers. */
  readonly covers: number
  readonly samples: number
  readonly firstCoordinate: number
  readonly coordinates: number
  readonly computeMs: number
  readonly lossSum: number
}

export interface ResultFrame {
  readonly header: ResultHeader
  readonly vector: Float32Array
}

export const frameBytes = (coordinates: number): number => frameHeaderBytes + 4 * coordinates

export function encodeResultFrame({ header, vector }: ResultFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frameBytes(vector.length))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint8(4, frameVersion)
  view.setUint8(5, float32Type)
  view.setUint16(6, frameHeaderBytes, true)
  view.setUint32(8, header.lease, true)
  view.setUint32(12, header.round, true)
  view.setUint32(16, header.modelVersion, true)
  view.setUint32(20, header.covers, true)
  view.setUint32(24, header.samples, true)
  view.setUint32(28, header.firstCoordinate, true)
  view.setUint32(32, header.coordinates, true)
  view.setFloat32(36, header.computeMs, true)
  view.setFloat64(40, header.lossSum, true)
  bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), frameHeaderBytes)
  return bytes
}

/** Reads a frame, or says by code why it is none. */
export function decodeResultFrame(bytes: Uint8Array): ResultFrame | ErrorCode {
  const header = decodeResultHeader(bytes)
  return typeof header === 'string' ? header : { header, vector: frameVector(bytes, 0, header.coordinates) }
}

/** What a frame says of itself, where it is one: nothing of its vector is copied. */
export function decodeResultHeader(bytes: Uint8Array): ResultHeader | ErrorCode {
  if (bytes.byteLength < frameHeaderBytes) return 'frame-too-short'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== magic) return 'frame-magic'
  if (view.getUint8(4) !== frameVersion || view.getUint16(6, true) !== frameHeaderBytes) return 'frame-version'
  if (view.getUint8(5) !== float32Type) return 'frame-type'
  const header: ResultHeader = {
    lease: view.getUint32(8, true),
    round: view.getUint32(12, true),
    modelVersion: view.getUint32(16, true),
    covers: view.getUint32(20, true),
    samples: view.getUint32(24, true),
    firstCoordinate: view.getUint32(28, true),
    coordinates: view.getUint32(32, true),
    computeMs: view.getFloat32(36, true),
    lossSum: view.getFloat64(40, true),
  }
  const expected = frameBytes(header.coordinates)
  if (bytes.byteLength < expected) return 'frame-too-short'
  if (bytes.byteLength > expected) return 'frame-too-long'
  return header
}

/**
 * Of what a frame holds, the numbers [from, to), the first being 0 whatever its coordinate. A copy in memory of its own:
 * Node's buffers are pooled and unaligned.
 */
export function frameVector(bytes: Uint8Array, from: number, to: number): Float32Array<ArrayBuffer> {
  // Copied by hand: `slice` of a Node Buffer would share the pool's memory.
  const payload = new Uint8Array(4 * (to - from))
  payload.set(bytes.subarray(frameHeaderBytes + 4 * from, frameHeaderBytes + 4 * to))
  return new Float32Array(payload.buffer)
}
