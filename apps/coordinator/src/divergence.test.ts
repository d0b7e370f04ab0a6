import { expect, test } from 'vitest'
import { watchDivergence } from './divergence.ts'

test('answers that are no numbers are told once a round, when as many as there are workers; others do not count', () => {
  const { refused } = watchDivergence()
  const told = (round: number, code: string, times: number, workers = 8) =>
    Array.from({ length: times }, () => refused(round, code, workers)).filter(message => message !== null)
  expect(told(0, 'round-closed', 50)).toEqual([])
  expect(told(0, 'value-not-finite', 7)).toEqual([])
  expect(told(1, 'value-not-finite', 7)).toEqual([])
  expect(told(1, 'loss-not-finite', 30)).toHaveLength(1)
  expect(told(2, 'loss-not-finite', 12, 300)[0]).toContain('12 answers in round 2')
  expect(told(3, 'value-not-finite', 1, 1)).toEqual([])
  expect(told(3, 'value-not-finite', 1, 1)).toHaveLength(1)
})
