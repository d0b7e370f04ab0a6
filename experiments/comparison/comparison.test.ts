import { describe, expect, test } from 'vitest'
import { latencyCases } from '../latencies/latency-table.ts'
import { bestCells, type FoundCell, inputsOf, measureCell } from './cells.ts'
import { fixed, precise, quantile, table } from './markdown.ts'
import { matrixSection, readMatrix } from './matrix.ts'
import { replayCase } from './paper-table.ts'
import { roundTimesSection } from './round-times.ts'
import { measureLoad } from './straggler-load.ts'
import { followPath } from './switches.ts'
import { trafficSection } from './traffic.ts'

const small = { world: 'jitter', workers: 8, vanish: 0.05, seeds: [1, 2], rounds: 3, warmUp: 2 }

describe('cells', () => {
  test('one task, one answer; rounds are never below their own fluid bound', () => {
    const input = { ...small, strategy: 'adaptive-repetition' }
    const cell = measureCell.run(input)
    expect(measureCell.run(input)).toEqual(cell)
    expect(cell.roundRatios).toHaveLength(6)
    for (const ratio of cell.roundRatios) expect(ratio).toBeGreaterThan(1 - 1e-6)
    expect(cell.genie).toBeLessThanOrEqual(cell.hindsight + 1e-9)
  })

  test('of several settings the one of least mean is shown; the page names every strategy', () => {
    const found = inputsOf(small).map(
      (input): FoundCell => ({ ...input, cell: measureCell.run({ ...input, rounds: 1, seeds: [1] }) }),
    )
    const best = bestCells(found)
    const names = [...new Set(found.map(({ contestant }) => contestant.name))]
    expect(best.map(({ contestant }) => contestant.name)).toEqual(names)
    for (const { contestant, cell } of best) {
      const all = found.filter(other => other.contestant === contestant)
      expect(cell.ratio).toBe(Math.min(...all.map(other => other.cell.ratio ?? Infinity)))
    }
    const text = roundTimesSection(best).text + trafficSection(best).text
    for (const name of names) expect(text).toContain(name)
    expect(text).not.toMatch(/NaN|Infinity|undefined/)
  })
})

test('nested cyclic codes compute s + 1 shares with s silent, and go on no further', () => {
  for (const silent of [0, 2, 5]) {
    const strategy = { name: 'nested-cyclic', toleranceMax: 8, errorMax: 1 }
    const { load } = measureLoad.run({ strategy, silent, rounds: 3, seed: 1 })
    expect(Math.abs(load / (silent + 1) - 1)).toBeLessThan(0.02)
  }
})

test('a fixed redundancy is held on the same draws', () => {
  const strategy = { name: 'adaptive-repetition', redundancyMin: 2, redundancyMax: 2 }
  const { times, fluid, redundancy } = followPath.run({ regime: 'vanish', strategy, rounds: 6, seed: 1 })
  expect(Math.min(...redundancy)).toBeGreaterThanOrEqual(2)
  for (const [round, time] of times.entries()) expect(time).toBeGreaterThan(fluid[round]! * (1 - 1e-6))
})

describe('the paper’s table', () => {
  const eight = latencyCases.flatMap(({ n }, index) => (n === 8 ? [index] : []))

  test.each(eight)('case %i: begun afresh, production ends when the oracle says, round by round', index => {
    for (const scheme of [0, 2, 3, 4, 5]) {
      const { roundOff } = replayCase.run({ index, scheme, rounds: 6, fineRounds: 1, seed: 3 })
      expect(roundOff).toBeLessThan(1e-9)
    }
  })
})

describe('the matrix', () => {
  const cell = (world: string, ratios: Record<string, number | null>) => ({
    ...{ world, workers: 16, fixedCost: 1, vanish: 0, bestRival: 'timeout', details: {} },
    ratios,
  })
  const data = {
    seed: 7,
    strategies: {
      'adaptive-repetition': { isExact: true },
      'nested-tree': { isExact: true },
      timeout: { isExact: true },
      'backup-workers': { isExact: false },
    },
    cells: [
      cell('jitter', { 'adaptive-repetition': 1.04, 'nested-tree': 1.3, timeout: 2, 'backup-workers': 0.9 }),
      cell('pareto', { 'adaptive-repetition': 1.6, 'nested-tree': null, timeout: 1.4, 'backup-workers': 1 }),
    ],
  }

  test('is summed up with its losing cells', () => {
    const { text, drawings } = matrixSection(readMatrix(data))
    expect(text).toContain('| adaptive-repetition | 1.32 | 1.60 | pareto, n = 16, c = 1, p = 0 | 0 | 50 % | 50 % |')
    expect(text).toContain('| cells won | adaptive-repetition | timeout | of |')
    expect(text).toContain('| c = 1, p = 0 | 1 | 1 | 2 |')
    expect(text).toContain('| pareto, n = 16, c = 1, p = 0 | 1.00 | 1.60 | 1.40 | timeout | 1.14 |')
    expect(text).toContain('| unfinished | 1.40 | timeout | – |')
    expect(drawings.matrix).not.toMatch(/NaN|Infinity/)
  })

  test('is refused where it is not one', () => {
    expect(() => readMatrix({ cells: [] })).toThrow('"cells" or "strategies" is missing')
    expect(() => readMatrix({ ...data, cells: [{ world: 'jitter' }] })).toThrow('"cells[0]" lacks')
  })
})

test('figures are written the same way everywhere', () => {
  expect([fixed(1.005), fixed(null), fixed(Infinity), fixed(2, 0)]).toEqual(['1.00', '–', '–', '2'])
  expect([precise(0.05678), precise(1.2e-7), precise(52.46, 3)]).toEqual(['0.057', '1.2e-7', '52.5'])
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --: |\n| 1 | 2 |')
})
