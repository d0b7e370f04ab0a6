import { expect, test } from 'vitest'
import { watchRounds } from './watch-rounds.ts'

const start = Float32Array.of(0)
const round = (iterations: number, time: number) => ({
  ...{ iterations, time, parameters: start, consensus: 0, backups: 0, steps: 0 },
})

test('the last round at or before each time and each iteration is kept', () => {
  const watch = watchRounds({ iterations: 10, time: 40, marks: 2, start })
  const rounds = [5, 10, 15, 20, 25, 30].map(iterations => round(iterations, 1.9 * iterations))
  expect(rounds.map(seen => watch.note(seen))).toEqual([false, false, false, false, true, true])
  // Iterations 5 and 10, times 20 and 40.
  expect(watch.end().map(({ iterations }) => iterations)).toEqual([0, 5, 10, 20])
})

test('a time that is met but for the last digit is met', () => {
  const watch = watchRounds({ iterations: 10, time: 30, marks: 1, start })
  watch.note(round(10, 30 + 1e-12))
  expect(watch.note(round(15, 44))).toBe(true)
  expect(watch.end().map(({ iterations }) => iterations)).toEqual([0, 10])
})
