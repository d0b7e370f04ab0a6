import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeResultFrame,
  decodeResultHeader,
  encodeResultFrame,
  frameHeaderBytes,
  frameVector,
  type ResultHeader,
} from './tensor-frame.ts'

const header: ResultHeader = {
  lease: 7,
  round: 3,
  modelVersion: 3,
  covers: 12,
  samples: 384,
  firstCoordinate: 0,
  coordinates: 5,
  computeMs: 12.5,
  lossSum: 88.25,
}
const vector = Float32Array.of(1, -2, 3.5, 0, 1e-20)
const bytes = encodeResultFrame({ header, vector })

test('[WIRE1] a frame comes back as it was, also from an unaligned or a Node buffer', () => {
  expect(decodeResultFrame(bytes)).toEqual({ header, vector })
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  expect(decodeResultFrame(shifted.subarray(3))).toEqual({ header, vector })
  expect(decodeResultFrame(Buffer.from(shifted.buffer, 3))).toEqual({ header, vector })
})

test('[WIRE1] parts of a frame are copies in memory of their own', () => {
  const buffer = Buffer.from(bytes)
  expect(decodeResultHeader(buffer)).toEqual(header)
  const parts = [frameVector(buffer, 0, 2), frameVector(buffer, 2, 5)]
  expect(parts).toEqual([vector.slice(0, 2), vector.slice(2, 5)])
  expect(parts.map(part => part.buffer.byteLength)).toEqual([8, 12])
})

test('[WIRE1] a frame cut short, too long or of another kind is refused by code', () => {
  for (let length = 0; length < bytes.length; length++)
    expect(decodeResultFrame(bytes.subarray(0, length))).toBe('frame-too-short')
  expect(decodeResultFrame(Uint8Array.of(...bytes, 0))).toBe('frame-too-long')
  const changed = (at: number, value: number) => bytes.map((byte, i) => (i === at ? value : byte))
  expect(decodeResultFrame(changed(0, 0))).toBe('frame-magic')
  expect(decodeResultFrame(changed(4, 9))).toBe('frame-version')
  expect(decodeResultFrame(changed(5, 2))).toBe('frame-type')
})

test('[WIRE1] random bytes are never taken for a frame', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 4 * frameHeaderBytes }),
      random => typeof decodeResultFrame(random) === 'string',
    ),
  )
})
