import { beforeAll, expect, test } from 'vitest'
import { bringData, type TrainingData } from '../learning/bring-data.ts'
import { methods } from './methods.ts'
import { playRun, type RunInput } from './play-run.ts'
import type { Limits } from './setting.ts'

const sizes = { train: 400, test: 50, probe: 50 }
const limits: Limits = { lossTarget: 0.1, timeMax: 5, uploadsMax: 400, commonTime: 4 }
let data: TrainingData

beforeAll(async () => {
  data = await bringData(undefined, sizes, 1, 'abs')
})

const play = (given: Partial<RunInput>) =>
  playRun.run({
    ...{ data, law: 'exponential', split: 'iid', method: 'asynchronous', rate: 0.3, seed: 1, limits, probe: 50 },
    ...given,
  })

test.each(methods.map(({ name }) => name))('%s plays without a violation, and within its bound', method => {
  const found = play({ method })
  expect(found.violations).toEqual([])
  expect(found.unfinished).toBeNull()
  expect(found.passedRounds).toBe(0)
  expect(found.spent.time).toBeGreaterThan(limits.commonTime)
  expect(found.common!.loss).toBeGreaterThan(0)
})

test('the same seed plays the same run, another seed another', () => {
  const found = play({})
  expect(play({})).toEqual(found)
  expect(play({ seed: 2 }).spent).not.toEqual(found.spent)
})

test('a rate beyond all measure diverges', () => {
  expect(play({ rate: 1e39 })).toMatchObject({ isDiverged: true, reached: null })
})
