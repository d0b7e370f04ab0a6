import { randomStream } from '@muster/numerics'
import { expect, test } from 'vitest'
import { createPerceptron, type Shape } from './perceptron.ts'
import { sparseRows } from './sparse-rows.ts'

const shape: Shape = { inputs: 12, hidden: 8, classes: 4 }
const count = 9

/** Bytes, half of them zero. */
function drawRows() {
  const draw = randomStream('abs', 'perceptron rows')
  const inputs = Uint8Array.from({ length: count * shape.inputs }, () => (draw.uniform() < 0.5 ? 0 : draw.integer(256)))
  const labels = Uint16Array.from({ length: count }, () => draw.integer(shape.classes))
  return { count, inputSize: shape.inputs, inputs, labels }
}

/** The loss again, in float64 and dense. */
function lossOf(parameters: Float64Array, rows: ReturnType<typeof drawRows>, samples: readonly number[]): number {
  const { inputs, hidden, classes } = shape
  const at = { b1: inputs * hidden, w2: (inputs + 1) * hidden, b2: (inputs + 1) * hidden + hidden * classes }
  const range = (length: number) => Array.from({ length }, (_, i) => i)
  const total = (length: number, term: (i: number) => number) => range(length).reduce((sum, i) => sum + term(i), 0)
  return samples.reduce((sum, i) => {
    const h = range(hidden).map(j =>
      Math.tanh(
        parameters[at.b1 + j]! + total(inputs, p => (rows.inputs[i * inputs + p]! / 255) * parameters[p * hidden + j]!),
      ),
    )
    const z = range(classes).map(
      c => parameters[at.b2 + c]! + total(hidden, j => h[j]! * parameters[at.w2 + j * classes + c]!),
    )
    return sum + Math.log(total(classes, c => Math.exp(z[c]!))) - z[rows.labels[i]!]!
  }, 0)
}

test('the gradient is that of central differences in float64, and so is the loss', () => {
  const model = createPerceptron(shape)
  const rows = drawRows()
  const samples = [4, 0, 7, 7]
  const parameters = model.start(3)
  const { gradient, lossSum } = model.gradient(parameters, sparseRows(rows), samples)
  const exact = Float64Array.from(parameters)
  expect(Math.abs(lossSum / lossOf(exact, rows, samples) - 1)).toBeLessThan(1e-5)
  const step = 1e-5
  const differences = exact.map((_, p) => {
    const loss = (by: number) =>
      lossOf(
        exact.map((value, q) => (q === p ? value + by : value)),
        rows,
        samples,
      )
    return (loss(step) - loss(-step)) / (2 * step)
  })
  const length = Math.hypot(...differences)
  expect(length).toBeGreaterThan(0.1)
  expect(Math.hypot(...differences.map((value, p) => value - gradient[p]!)) / length).toBeLessThan(1e-4)
})

test('loss and accuracy are means over the first samples', () => {
  const model = createPerceptron(shape)
  const rows = drawRows()
  const parameters = model.start(3)
  const { loss, accuracy } = model.evaluate(parameters, sparseRows(rows), 6)
  expect(loss).toBeCloseTo(lossOf(Float64Array.from(parameters), rows, [0, 1, 2, 3, 4, 5]) / 6, 5)
  expect(accuracy * 6).toBeCloseTo(Math.round(accuracy * 6), 12)
})

test('parameters that are no numbers give a loss that is none', () => {
  const model = createPerceptron(shape)
  const parameters = model.start(3).fill(Number.NaN)
  expect(model.evaluate(parameters, sparseRows(drawRows()), 3).loss).toBeNaN()
})

test('sparse rows keep every number that is not zero', () => {
  const { starts, columns, values } = sparseRows({
    count: 2,
    inputSize: 3,
    inputs: Uint8Array.of(0, 255, 51, 0, 0, 102),
    labels: Uint16Array.of(1, 0),
  })
  expect([[...starts], [...columns], [...values]]).toEqual([
    [0, 2, 3],
    [1, 2, 2],
    [1, Math.fround(0.2), Math.fround(0.4)],
  ])
})
