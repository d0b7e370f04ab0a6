import { startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { bringData, type TrainingData } from '../learning/bring-data.ts'
import { halveImages } from '../learning/halve-images.ts'
import { createNetworkProblem } from './network-problem.ts'
import { playRun, type RunInput } from './play-run.ts'

let data: TrainingData

beforeAll(async () => {
  useInstalledWasm()
  await startBackend({ prefer: 'wasm' })
  const whole = await bringData(undefined, { train: 640, test: 60 }, 1, 'elastic')
  data = { ...whole, inputShape: [14, 14], train: halveImages(whole.train), test: halveImages(whole.test) }
})

const play = (given: Partial<RunInput> = {}) =>
  playRun.run({
    ...{ data, workers: 4, steps: 1, overlap: 0.25, failure: 'none', split: 'iid', optimiser: 'sgd' },
    ...{ weights: 'dynamic', rate: 0.3, seed: 1, rounds: 20, probe: 60 },
    ...given,
  })

describe('the problem', () => {
  const along = (problem: ReturnType<typeof createNetworkProblem>) => {
    const start = problem.start()
    const { gradient, lossSum, product } = problem.curvature(start, 3, 5, 7)
    return { start, gradient, lossSum, product }
  }

  test('its gradient is that of its loss, and the same with curvature', () => {
    const problem = createNetworkProblem(data, { split: 'sorted', overlap: 0.25, workers: 4, seed: 1 })
    const { start, gradient, lossSum } = along(problem)
    const plain = problem.gradient(start, 3, 5)
    expect(plain.lossSum).toBeCloseTo(lossSum, 3)
    const norm = Math.hypot(...gradient)
    expect(Math.hypot(...gradient.map((g, i) => g - plain.gradient[i]!)) / norm).toBeLessThan(1e-4)
    const epsilon = 1e-3
    const ahead = problem.gradient(
      start.map((w, i) => w + (epsilon * gradient[i]!) / norm),
      3,
      5,
    )
    const behind = problem.gradient(
      start.map((w, i) => w - (epsilon * gradient[i]!) / norm),
      3,
      5,
    )
    expect((ahead.lossSum - behind.lossSum) / (2 * epsilon) / norm).toBeCloseTo(1, 1)
    expect(problem.gradient(start, 4, 5).lossSum).not.toBe(plain.lossSum)
  })

  test('another probe is another product of the same gradient', () => {
    const problem = createNetworkProblem(data, { split: 'iid', overlap: 0, workers: 4, seed: 1 })
    const { start, gradient, product } = along(problem)
    const other = problem.curvature(start, 3, 5, 8)
    expect(other.gradient).toEqual(gradient)
    expect(other.product).not.toEqual(product)
    // 3 × 3 places of a kernel belong together; the first layer has one channel and eight filters.
    const averaged = problem.curvature.averaged(Float64Array.from(product))
    expect(averaged[0]).toBe(averaged[8])
    expect(averaged[0]).not.toBe(averaged[1])
  })
})

describe('a run', () => {
  test('learns, without a violation, and the same seed plays the same', async () => {
    const found = await play()
    expect(found.violations).toEqual([])
    expect(found.unfinished).toBeNull()
    expect(found.refused).toEqual({})
    expect(found.curve.at(-1)!.loss!).toBeLessThan(found.curve[0]!.loss! - 0.1)
    expect(found.exchanges).toBe(80)
    expect(await play()).toEqual(found)
    expect((await play({ seed: 2 })).curve).not.toEqual(found.curve)
  })

  test('loses a third of its exchanges where failures are independent, and none under bursts', async () => {
    const independent = await play({ failure: 'independent', rounds: 60 })
    expect(Math.abs(independent.exchanges / 240 - 2 / 3)).toBeLessThan(0.1)
    expect(independent.returns).toBe(0)
    const bursts = await play({ failure: 'bursts', rounds: 60 })
    // What is under way has been tried.
    expect(bursts.exchanges).toBeGreaterThan(235)
    expect(bursts.returns).toBeGreaterThan(3)
    expect(bursts.time).toBeGreaterThan(1.2 * independent.time)
    expect(bursts.violations).toEqual([])
  })

  test.each(['adahessian', 'momentum'] as const)('steps by %s', async optimiser => {
    const found = await play({ optimiser, rate: 0.05, weights: 'fixed', steps: 2, rounds: 10 })
    expect(found.violations).toEqual([])
    expect(found.curve.at(-1)!.loss!).toBeLessThan(found.curve[0]!.loss!)
    expect(found.otherPull).toBeCloseTo(0.1, 12)
  })

  test('a rate beyond all measure ends without a number', async () => {
    expect((await play({ rate: 1e39, weights: 'fixed' })).curve.at(-1)!.loss).toBeNull()
  })
})
