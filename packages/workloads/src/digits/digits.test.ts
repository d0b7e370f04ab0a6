import { expect, test } from 'vitest'
import { makeDigits } from './digits.ts'

const small = { trainCount: 600, testCount: 200 }

test('the same seed draws the same digits, another seed others', () => {
  expect(makeDigits({ ...small, seed: 5 })).toEqual(makeDigits({ ...small, seed: 5 }))
  expect(makeDigits({ ...small, seed: 5 }).train.inputs).not.toEqual(makeDigits({ ...small, seed: 6 }).train.inputs)
})

test('a smaller set is the beginning of a larger one', () => {
  const few = makeDigits({ trainCount: 50, testCount: 10 })
  expect(makeDigits(small).train.inputs.subarray(0, few.train.inputs.length)).toEqual(few.train.inputs)
})

test('shapes agree and every class occurs about equally often', () => {
  const { train, test: held, inputShape, classes } = makeDigits(small)
  expect(inputShape).toEqual([28, 28])
  expect([train.count, train.inputSize, train.inputs.length]).toEqual([600, 784, 600 * 784])
  expect(held.labels.length).toBe(200)
  for (let digit = 0; digit < classes; digit++) {
    const share = train.labels.filter(label => label === digit).length / train.count
    expect(share).toBeGreaterThan(0.05)
    expect(share).toBeLessThan(0.16)
  }
})

test('every digit has ink, and stays on its paper', () => {
  const { train } = makeDigits(small)
  for (let i = 0; i < train.count; i++) {
    const image = train.inputs.subarray(i * 784, (i + 1) * 784)
    const dark = image.filter(pixel => pixel > 128).length
    expect(dark).toBeGreaterThan(12)
    expect(dark).toBeLessThan(300)
  }
})
