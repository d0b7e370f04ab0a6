import { randomStream } from '@muster/numerics'
import {
  createGradientComputer,
  evaluate,
  initialParameters,
  networkOf,
  startBackend,
  takeBatch,
} from '@muster/workloads'
import { flatGradient } from '@muster/workloads/flat-gradient'
import { useInstalledWasm } from '@muster/workloads/node'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { sparseRows } from '../abs/sparse-rows.ts'
import { createSoftmaxRegression } from './softmax-regression.ts'

const [inputs, classes, count] = [12, 4, 9]
const network = networkOf({ kind: 'softmax-regression' }, { inputShape: [inputs], classes })
const model = createSoftmaxRegression(inputs, classes)

const draw = randomStream('softmax rows')
const rows = {
  ...({ kind: 'rows', count, inputSize: inputs } as const),
  inputs: Uint8Array.from({ length: count * inputs }, () => (draw.uniform() < 0.5 ? 0 : draw.integer(256))),
  labels: Uint16Array.from({ length: count }, () => draw.integer(classes)),
}
const parameters = initialParameters(network, 3).map(value => value + draw.normal() / 4)

beforeAll(async () => {
  useInstalledWasm()
  await startBackend({ prefer: 'wasm' })
})

test('gradient and loss are those that the workers’ own code computes', () => {
  const samples = Uint32Array.of(4, 0, 7, 7)
  const theirs = tf.tidy(() => {
    const placed = network.tensors.map(({ offset, length, shape }) =>
      tf.tensor(parameters.subarray(offset, offset + length), [...shape]),
    )
    return flatGradient(network, placed, takeBatch(rows, samples), 1).dataSync()
  })
  const { gradient, lossSum } = model.gradient(parameters, sparseRows(rows), samples)
  expect(model.dimension).toBe(network.parameterCount)
  expect(lossSum).toBeCloseTo(theirs[model.dimension]!, 4)
  const length = Math.hypot(...gradient)
  expect(length).toBeGreaterThan(0.1)
  expect(Math.hypot(...gradient.map((value, p) => value - theirs[p]!)) / length).toBeLessThan(1e-5)
})

test('so are loss and accuracy', async () => {
  const computer = createGradientComputer(network)
  computer.loadParameters(parameters)
  const theirs = await evaluate(computer, rows)
  const own = model.evaluate(parameters, sparseRows(rows), count)
  expect(own.loss).toBeCloseTo(theirs.loss, 4)
  expect(own.accuracy).toBeCloseTo(theirs.accuracy, 12)
  computer.dispose()
})
