// A worker's steps on its device and the simulated worker's plain ones are written apart, in rooms that do not know each
// other: here they are held together.

import { createLocalOptimiser, relativeError } from '@muster/parameters'
import type { LocalOptimiser } from '@muster/vocabulary'
import {
  type Batch,
  createGradientComputer,
  initialParameters,
  makeDigits,
  networkOf,
  rademacher,
  roundSamples,
  spatialAverage,
  startBackend,
} from '@muster/workloads'
import { hessianVectorProduct } from '@muster/workloads/hessian-vector-product'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { createKeptReplica } from './kept-replica.ts'

const digits = makeDigits({ seed: 3, trainCount: 60, testCount: 1 })
const network = networkOf({ kind: 'mlp', hidden: [6], activation: 'tanh' }, digits)
const [seed, batchPerPartition, rate, pull] = [5, 20, 0.05, 0.25]
const start = initialParameters(network, 1)
const other = initialParameters(network, 2)
const batchOf = (step: number): Batch =>
  roundSamples({ seed, batchPerPartition, inputShape: [28, 28], augmentation: null }, digits.train, step, 0)
const tensorsOf = (flat: Float32Array) =>
  network.tensors.map(({ offset, length, shape }) => tf.tensor(flat.slice(offset, offset + length), [...shape]))

beforeAll(() => startBackend({ prefer: 'cpu' }))

const kinds: LocalOptimiser[] = [
  { kind: 'sgd', momentum: 0, averaging: 'convolutions', product: 'exact' },
  { kind: 'momentum', momentum: 0.7, averaging: 'convolutions', product: 'exact' },
  { kind: 'adam', momentum: 0, averaging: 'convolutions', product: 'exact' },
  { kind: 'adahessian', momentum: 0, averaging: 'convolutions', product: 'exact' },
  { kind: 'adahessian', momentum: 0, averaging: 'convolutions-and-rows', product: 'exact' },
]

test.each(kinds)(
  '[VOL7] $kind, $averaging: two leases on the device go the way of the plain steps',
  async optimiser => {
    const computer = createGradientComputer(network)
    const kept = createKeptReplica(computer, seed)
    const steps = { id: 1, steps: 2, optimiser }
    const leases = [
      { model: start, pull: 0, round: 0, draw: 1 },
      { model: other, pull, round: 1, draw: 2 },
    ]
    const plain = createLocalOptimiser(optimiser)
    let x = start
    let state = plain.init(x.length)
    for (const [number, { model, ...lease }] of leases.entries()) {
      computer.loadParameters(model)
      const running = kept.begin({ ...steps, pull: lease.pull }, { ...lease, rate, samplesPerStep: batchPerPartition })
      x = x.map((value, i) => value - lease.pull * (value - model[i]!))
      for (let step = 0; step < 2; step++) {
        const batch = batchOf(2 * number + step)
        await running.add(batch)
        const { gradient, diagonal } = curvatureAt(plain.probeAt(x, state), batch, optimiser, [
          lease.round,
          lease.draw,
          step,
        ])
        const next = plain.step(x, gradient, plain.needsCurvature ? diagonal : null, state, rate)
        x = next.parameters
        state = next.state
      }
      const { vector, samples } = await running.read()
      expect(samples).toBe(2 * batchPerPartition)
      expect(relativeError(vector, x)).toBeLessThanOrEqual(1e-5)
    }
    expect(relativeError(x, start)).toBeGreaterThan(0.01)
    kept.dispose()
  },
)

/** Of the mean loss. */
function curvatureAt(at: Float32Array, batch: Batch, { averaging }: LocalOptimiser, probe: [number, number, number]) {
  const z = rademacher(network.parameterCount, seed, ...probe)
  const found = tf.tidy(() => {
    const { gradient, product } = hessianVectorProduct(network, tensorsOf(at), batch, tf.tensor1d(z))
    return [gradient, product].map(tensor => tensor.dataSync<'float32'>())
  })
  const [gradient, product] = found.map(sum => Float64Array.from(sum, value => value / batchPerPartition))
  return { gradient: gradient!, diagonal: Float64Array.from(spatialAverage(network, product!, averaging)) }
}
