import { expect, test } from 'vitest'
import { decodeEstimateFrame, encodeEstimateFrame } from './estimate-frame.ts'

const name = { generation: 3, iteration: 41, degree: 2, purpose: 'start' } as const
const vector = Float32Array.of(1, -2, 0.5)

test('an estimate keeps its name and its numbers', () => {
  expect(decodeEstimateFrame(encodeEstimateFrame(name, vector), 3)).toEqual({ estimate: name, vector })
})

test('another length, another purpose and numbers that are none are refused by code', () => {
  const frame = encodeEstimateFrame(name, vector)
  expect(decodeEstimateFrame(frame, 4)).toBe('range-mismatch')
  expect(decodeEstimateFrame(frame.subarray(0, 20), 3)).toBe('frame-too-short')
  const strange = frame.slice()
  strange[8] = 9
  expect(decodeEstimateFrame(strange, 3)).toBe('range-mismatch')
  expect(decodeEstimateFrame(encodeEstimateFrame(name, Float32Array.of(1, Number.NaN, 0)), 3)).toBe('value-not-finite')
})
