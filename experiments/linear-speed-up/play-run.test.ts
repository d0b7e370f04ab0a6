import { beforeAll, expect, test } from 'vitest'
import { bringData, type TrainingData } from '../learning/bring-data.ts'
import { halveImages } from '../learning/halve-images.ts'
import { findBest } from './best-loss.ts'
import { playRun, type RunInput, timeAverage, wholeGradient } from './play-run.ts'
import { kinds } from './setting.ts'

let data: TrainingData

beforeAll(async () => {
  const whole = await bringData(undefined, { train: 320, test: 40 }, 1, 'linear speed-up')
  data = { ...whole, inputShape: [14, 14], train: halveImages(whole.train), test: halveImages(whole.test) }
})

const play = (given: Partial<RunInput> = {}) =>
  playRun.run({ ...{ data, kind: 'full', workers: 4, factor: 0.5, seed: 1, iterations: 40, every: 8 }, ...given })

test.each(kinds)('%s learns without a violation, with every fleet', kind => {
  for (const workers of [1, 2, 16]) {
    const { curve, error, violations, steps } = play({ kind, workers })
    expect(violations).toBe(0)
    expect(curve.at(-1)!.loss!).toBeLessThan(curve[0]!.loss!)
    expect(error!).toBeLessThan(curve[0]!.squared!)
    if (kind !== 'carry-over' && kind !== 'redraw') expect(steps).toBe(1)
    else expect(steps).toBeLessThanOrEqual(1)
  }
})

test('without noise one peer with all samples goes the way that several go together', () => {
  const [one, several] = [1, 2].map(workers => play({ kind: 'noiseless', workers, factor: 1 / Math.sqrt(workers) }))
  expect(several!.error!).toBeCloseTo(one!.error!, 2)
})

test('the mean over time weighs each value by how long it holds', () => {
  const curve = [
    { iteration: 0, loss: 3, squared: 4 },
    { iteration: 2, loss: 2, squared: 1 },
    { iteration: 4, loss: 1, squared: 7 },
  ]
  expect(timeAverage(curve, 4)).toBe(2.5)
  expect(timeAverage(curve, 6)).toBe(4)
  expect(timeAverage([{ iteration: 0, loss: null, squared: null }], 4)).toBeNull()
})

test('the best loss is below what runs find, and where the gradient is small', () => {
  const best = findBest.run({ data, steps: 200 })
  expect(best).toBeLessThan(play().curve.at(-1)!.loss!)
  expect(best).toBeGreaterThan(0)
  expect(wholeGradient(data)(new Float32Array(1970)).loss).toBeCloseTo(Math.log(10), 5)
})
