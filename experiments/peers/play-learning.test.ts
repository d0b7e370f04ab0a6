import { startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { bringData, type TrainingData } from '../learning/bring-data.ts'
import { halveImages } from '../learning/halve-images.ts'
import { createPeersProblem } from './peers-problem.ts'
import { type LearningInput, playLearning } from './play-learning.ts'
import { fullTime } from './time-laws.ts'

let data: TrainingData

beforeAll(async () => {
  useInstalledWasm()
  await startBackend({ prefer: 'wasm' })
  const whole = await bringData(undefined, { train: 600, test: 100 }, 1, 'peers')
  data = { ...whole, inputShape: [14, 14], train: halveImages(whole.train), test: halveImages(whole.test) }
})

const play = (given: Partial<LearningInput> = {}) =>
  playLearning.run({
    ...{ data, subject: 'lrm', workers: 6, law: 'exponential', split: 'iid', variant: 'carry-over' },
    ...{ rate: 0.2, seed: 1, iterations: 30, every: 5, marks: 5, probe: 200 },
    ...given,
  })

describe('the problem', () => {
  test.each(['lrm', '2nn'] as const)('of %s: its gradient is that of its loss', subject => {
    const problem = createPeersProblem(data, { subject, workers: 6, split: 'sorted', seed: 1, batch: 32 })
    const start = problem.start()
    const { gradient, lossSum } = problem.gradient(start, 3, 5)
    const norm = Math.hypot(...gradient)
    const beside = (by: number) =>
      problem.gradient(
        start.map((w, i) => w + (by * gradient[i]!) / norm),
        3,
        5,
      ).lossSum
    expect((beside(1e-2) - beside(-1e-2)) / 2e-2 / norm).toBeCloseTo(1, 1)
    expect(problem.gradient(start, 4, 5).lossSum).not.toBe(lossSum)
  })

  test('data by label give a peer few labels, i.i.d. ones most', () => {
    const gradientOf = (split: 'iid' | 'sorted') => {
      const problem = createPeersProblem(data, { subject: 'lrm', workers: 10, split, seed: 1, batch: 32 })
      return problem.gradient(new Float32Array(problem.dimension), 0, 0).gradient.slice(-10)
    }
    // At nought every class has probability 1/10: what is below are labels.
    expect(gradientOf('sorted').filter(value => value < 0)).toHaveLength(1)
    expect(gradientOf('iid').filter(value => value < 0).length).toBeGreaterThan(2)
  })
})

describe('a run', () => {
  test('learns, without a violation, and the same seed plays the same', async () => {
    const found = await play()
    expect(found.violations).toEqual([])
    expect(found.unfinished).toBeNull()
    expect(found.curve.at(-1)!.loss!).toBeLessThan(found.curve[0]!.loss! - 0.3)
    expect(await play()).toEqual(found)
    expect((await play({ seed: 2 })).curve).not.toEqual(found.curve)
  })

  test('of cb-Full takes the time that the slowest of each iteration take together', async () => {
    const { curve, fullTime: time } = await play({ variant: 'full' })
    const end = curve.findLast(({ iterations }) => iterations <= 30)!
    expect(end.iterations).toBe(30)
    expect(end.time).toBeCloseTo(time, 6)
    expect(time).toBeCloseTo(fullTime({ law: 'exponential', workers: 6, key: [1, 'learning'] }, 30), 9)
    expect(end.steps).toBe(30)
    expect(end.backups).toBe(0)
  })

  test('of dynamic backup workers has more iterations in that time, and fewer gradients in each', async () => {
    const { curve, fullTime: time } = await play({ subject: '2nn', rate: 0.05, iterations: 10 })
    const end = curve.findLast(point => point.time <= time)!
    expect(end.iterations).toBeGreaterThan(13)
    expect(end.steps).toBeLessThan(end.iterations)
    expect(end.backups).toBeGreaterThan(0.5)
    expect(end.consensus).toBeGreaterThan(0)
  })
})
