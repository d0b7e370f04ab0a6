import { expect, test } from 'vitest'
import { readRunFile } from './run-file.ts'

const smallest = { title: 'T', model: { kind: 'softmax-regression' }, optimiser: { kind: 'sgd', learningRate: 0.1 } }
const problems = (change: object) => {
  const reading = readRunFile({ ...smallest, ...change })
  return reading.ok ? [] : reading.problems
}

test('[RUN1] what is left out takes its default', () => {
  const reading = readRunFile(smallest)
  expect(reading.ok && reading.run).toMatchObject({
    dataset: 'digits',
    partitions: 64,
    strategy: 'adaptive-repetition',
    seed: 1,
  })
})

test.each([
  [{ partitions: 0 }, '"partitions" is 0; allowed: at least 1.'],
  [{ partitions: 1.5 }, '"partitions" is 1.5; allowed: a whole number.'],
  [{ title: '' }, '"title" is ""; allowed: at least 1 characters.'],
  [{ optimiser: { kind: 'sgd', learningRate: -1 } }, '"optimiser.learningRate" is -1; allowed: more than 0.'],
  [{ optimiser: { kind: 'lion', learningRate: 1 } }, '"optimiser.kind" is "lion"; allowed: "sgd", "momentum", "adam".'],
  [
    { model: { kind: 'mlp', hidden: [8], activation: 'sine' } },
    '"model.activation" is "sine"; allowed: "tanh", "relu", "gelu".',
  ],
  [{ model: { kind: 'mlp' } }, '"model.hidden" is missing: a value of type array.'],
  [{ colour: 'red' }, '"colour" is not a field that is known here.'],
  [{ end: { rounds: '9' } }, '"end.rounds" is "9"; allowed: a value of type number.'],
])('[RUN1] %j is answered with the field, the value and what is allowed', (change, problem) => {
  expect(problems(change)).toEqual([problem])
})

test('[RUN1] every problem is told at once', () => {
  expect(problems({ partitions: 0, seed: -1 })).toHaveLength(2)
  const reading = readRunFile('text')
  expect(reading.ok).toBe(false)
})
