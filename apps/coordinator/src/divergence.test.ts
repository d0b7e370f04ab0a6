import { expect, test } from 'vitest'
import { watchDivergence } from './divergence.ts'

test('answers that are no numbers are told once a round, when they are many; other refusals are not counted', () => {
  const { refused } = watchDivergence()
  const told = (round: number, code: string, times: number) =>
    Array.from({ length: times }, () => refused(round, code)).filter(message => message !== null)
  expect(told(0, 'round-closed', 50)).toEqual([])
  expect(told(0, 'value-not-finite', 11)).toEqual([])
  expect(told(1, 'value-not-finite', 11)).toEqual([])
  expect(told(1, 'loss-not-finite', 30)).toHaveLength(1)
  expect(told(2, 'loss-not-finite', 12)[0]).toContain('round 2')
})
