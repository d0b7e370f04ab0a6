import { expect, test } from 'vitest'
import { createOptimiser } from './create-optimiser.ts'
import { type ModelUpdateInput, updateModel } from './update-model.ts'

const optimiser = createOptimiser({ kind: 'sgd', learningRate: 0.5 })
const input: ModelUpdateInput = {
  parameters: Float32Array.of(1, 1),
  optimiser,
  state: optimiser.init(2),
  terms: [
    { vector: Float32Array.of(3, 1), weight: 2 },
    { vector: Float32Array.of(0, 6), weight: 1 },
  ],
  sampleCount: 2,
  learningRate: 0.5,
}

test('the optimiser is given the mean of the weighted sum', () => {
  const before = structuredClone(input.parameters)
  const update = updateModel(input)
  // The sum is (6, 8), its mean over 2 samples (3, 4).
  expect(update.gradientNorm).toBe(5)
  expect([...update.parameters]).toEqual([-0.5, -1])
  expect(update.updateNorm).toBe(2.5)
  expect(update.state.step).toBe(1)
  expect(input.parameters).toEqual(before)
})

test('what is summed already is part of the gradient, with terms or alone', () => {
  const base = Float64Array.of(3, 1)
  const [term] = input.terms
  const whole = updateModel({ ...input, terms: [{ ...term!, weight: 3 }] })
  expect(updateModel({ ...input, terms: [term!], base })).toEqual(whole)
  expect(updateModel({ ...input, terms: [], base: Float64Array.of(9, 3) })).toEqual(whole)
  expect([...base]).toEqual([3, 1])
})

test('a gradient that is not finite shows in its norm', () => {
  const terms = [{ vector: Float32Array.of(1, Infinity), weight: 1 }]
  expect(updateModel({ ...input, terms }).gradientNorm).toBe(Infinity)
})

test('refuses a round without terms or samples', () => {
  expect(() => updateModel({ ...input, terms: [] })).toThrow('at least one term')
  for (const sampleCount of [0, -1, 1.5, Number.NaN])
    expect(() => updateModel({ ...input, sampleCount })).toThrow('number of samples')
})
