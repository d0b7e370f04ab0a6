import { expect, test } from 'vitest'
import { pieceOf, pieceSizes, piecesBySteps, samplesOfPiece } from './batch-pieces.ts'
import { dropoutMask } from './network/dropout-mask.ts'
import { takeBatch, windowsOf } from './samples.ts'

const key = { seed: 3, round: 4, partition: 5 }

test('a piece shares the memory of its batch and says where in it it begins', () => {
  const text = { kind: 'text', tokens: Uint16Array.from({ length: 40 }, (_, i) => i) } as const
  const batch = { ...takeBatch(windowsOf(text, 4), [7, 20, 1, 9]), drawKey: key }
  const piece = pieceOf(batch, 1, 3)
  expect(piece).toEqual({
    ...takeBatch(windowsOf(text, 4), [20, 1]),
    drawKey: { ...key, firstSample: 1 },
  })
  expect(piece.inputs.buffer).toBe(batch.inputs.buffer)
  expect(piece.labels.buffer).toBe(batch.labels.buffer)
  expect(pieceOf(piece, 1, 2)).toEqual(pieceOf(batch, 2, 3))
  const { drawKey, ...plain } = batch
  expect('drawKey' in pieceOf(plain, 0, 2)).toBe(false)
  for (const [from, to] of [
    [2, 2],
    [3, 5],
    [-1, 2],
  ] as const)
    expect(() => pieceOf(batch, from, to)).toThrow(RangeError)
})

test('[MOD3] a piece drops what the whole batch would, whatever was drawn before it', () => {
  const perSample = 5
  const whole = dropoutMask(key, 2, 0.4, 12, perSample)
  expect(new Set(whole)).toEqual(new Set([0, Math.fround(1 / 0.6)]))
  const ranges: readonly (readonly [number, number])[] = [
    [0, 4],
    [4, 5],
    [9, 12],
    [5, 9],
    [5, 9],
    [11, 12],
  ]
  for (const [from, to] of ranges) {
    const part = dropoutMask({ ...key, firstSample: from }, 2, 0.4, to - from, perSample)
    expect(part).toEqual(whole.subarray(from * perSample, to * perSample))
    // Other layers and rounds in between.
    dropoutMask(key, 3, 0.4, 1, perSample)
    if (to === 5) dropoutMask({ ...key, round: 9 }, 2, 0.4, 1, perSample)
  }
  expect(dropoutMask({ ...key, round: 9 }, 2, 0.4, 12, perSample)).not.toEqual(whole)
})

test('pieces are the whole, halved as often as their time asks for', () => {
  expect(pieceSizes(10)).toEqual([10, 5, 3, 2, 1])
  expect(pieceSizes(1)).toEqual([1])
  expect(samplesOfPiece(2, 10, 20)).toBe(10)
  expect(samplesOfPiece(2, 10, 19)).toBe(5)
  expect(samplesOfPiece(2, 10, 7)).toBe(3)
  expect(samplesOfPiece(2, 10, 1)).toBe(1)
  expect(samplesOfPiece(0, 10, 0)).toBe(10)
})

test('a pace that is not known asks for single samples', () => {
  expect(samplesOfPiece(Number.NaN, 64, 50)).toBe(1)
})

test('a batch is cut where steps end, and one within a step stays whole', () => {
  const batch = { size: 7, inputs: new Float32Array(14), labels: new Uint16Array(7) }
  const sizes = (before: number, perStep: number) => piecesBySteps(batch, before, perStep).map(piece => piece.size)
  expect(sizes(0, 3)).toEqual([3, 3, 1])
  expect(sizes(5, 3)).toEqual([1, 3, 3])
  expect(sizes(4, 11)).toEqual([7])
  expect(piecesBySteps(batch, 2, 9)[0]).toBe(batch)
})
