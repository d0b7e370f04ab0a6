import { expect, test } from 'vitest'
import { earlierRows } from './earlier-rows.ts'
import { methods } from './methods.ts'
import type { Plan } from './page.ts'
import { rowsFile } from './rows-file.ts'
import { cellsOf, type RunRow } from './tally.ts'

const plan: Plan = {
  question: 'Which?',
  isQuick: false,
  seed: 1,
  seeds: [1],
  sizes: { train: 10, test: 10, probe: 10 },
  limits: { lossTarget: 0.3, timeMax: 10, uploadsMax: 10, commonTime: 5 },
  dataset: 'digits',
}

const spent = { time: 3, uploads: 9, updates: 2 }
const row: RunRow = {
  ...{ law: 'pareto', split: 'iid', method: methods[0]!.name, rate: 1, seed: 1 },
  ...{ reached: spent, isDiverged: false, common: { loss: 0.25, accuracy: 0.9 }, spent },
  ...{ stalenessMax: 3, boundedRounds: 2, passedRounds: 0, restarts: 1 },
  ...{ curve: [2, 1, 0.5], violations: [], unfinished: null, refused: {} },
}
const written = () => JSON.parse(rowsFile(plan, [row], cellsOf([row])))

test('a row of the same setting and method is taken over as it was written; of any other there is none', () => {
  const earlier = earlierRows(written(), plan)
  const found = earlier(row)!
  expect({ ...found, curve: [] }).toEqual({ ...row, curve: [] })
  expect(found.curve.slice(0, 3)).toEqual([2, 1, 0.5])
  expect(earlier({ ...row, seed: 2 })).toBeUndefined()
  expect(earlier({ ...row, rate: 0.3 })).toBeUndefined()
  expect(earlierRows(undefined, plan)(row)).toBeUndefined()
})

test('a method whose settings have changed is played again', () => {
  const file = written()
  file.methods[0].strategy = { name: 'asynchronous' }
  expect(earlierRows(file, plan)(row)).toBeUndefined()
})

test('a file of another setting is refused by what differs', () => {
  expect(() => earlierRows({ ...written(), dataset: 'mnist' }, plan)).toThrow(/other dataset: "mnist"/)
  expect(() => earlierRows({}, plan)).toThrow(/other seed/)
})
