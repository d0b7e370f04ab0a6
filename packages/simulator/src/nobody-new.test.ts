import { randomStream } from '@muster/numerics'
import { expect, test } from 'vitest'
import { drawFaults } from './faults.ts'
import { exponentialJitter, logNormalFleet, noJitter } from './population.ts'
import { simulate } from './simulate.ts'

const names = ['adaptive-repetition', 'nested-tree', 'fractional-repetition', 'full-synchrony']

/** A storm into which nobody new comes, so that a worker forgotten by the policy stays forgotten. */
function stormWithoutNewcomers(seed: number) {
  const draw = randomStream(seed, 'hunt-alone')
  const n = 1 + draw.integer(draw.uniform() < 0.7 ? 5 : 24)
  const partitions = 1 + draw.integer(48)
  const fixedCost = draw.uniform() < 0.3 ? 0 : 0.4 * draw.exponential()
  const jitter = draw.uniform() < 0.5 ? noJitter : exponentialJitter(seed, 0.5)
  const leaseMs = [2000, 5000, 20000][draw.integer(3)]!
  const everyMs = [60, 200, 500, 1200][draw.integer(4)]! * (1 + draw.uniform())
  const faults = drawFaults(seed, n, 20_000, everyMs).filter(
    ({ fault }) => fault.kind !== 'join' && !(fault.kind === 'vanish' && fault.worker === 'w0'),
  )
  return simulate({
    seed,
    strategy: names[seed % names.length]!,
    world: { partitions, fixedCost, jitter },
    workers: logNormalFleet(seed, n, 4.5),
    rounds: 6,
    leaseMs,
    silenceMs: 4000,
    roundMsMax: 1_000_000,
    faults,
  })
}

// Each stood still: the last tab froze over its last partition, answered too late, and was silent for ever after.
test.each([2450, 5286, 7212, 7236, 8268, 9703])('[SIM1] seed %i, nobody new: the run does not stand still', seed => {
  const { violations, rounds } = stormWithoutNewcomers(seed)
  expect(violations).toEqual([])
  expect(rounds.length).toBe(6)
})

test('[SIM1] 200 fault seeds without newcomers pass all checkers', () => {
  for (let seed = 0; seed < 200; seed++) expect(stormWithoutNewcomers(seed).violations, `seed ${seed}`).toEqual([])
})
