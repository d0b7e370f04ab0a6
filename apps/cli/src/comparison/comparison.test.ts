import { type CellPlan, cellsOf, contenders, measureCell, readTrace, summarise } from '@muster/simulator'
import { strategies } from '@muster/strategies'
import { describe, expect, test } from 'vitest'
import { readMatrix } from '../commands/compare.ts'
import type { StormFailure, StormTask } from '../simulation/weather.ts'
import { runTasks } from '../task-pool.ts'
import { type Comparison, compare, faultsOf } from './compare.ts'
import { describeComparison } from './describe-comparison.ts'

const thread = new URL('../thread-from-sources.mjs', import.meta.url)
const row = (...seconds: number[]) => [seconds]
const trace = readTrace({ loads: { 0: row(0, 0, 0), 1: row(3, 4, 5) } })
const small = { workers: 3, partitions: 9, rounds: 2, warmUp: 1 }
const plans: readonly CellPlan[] = [
  { ...cellsOf('quick', [], 5)[0]!, ...small },
  { ...cellsOf('quick', [], 5)[0]!, ...small, workers: 4, partitions: 12, world: 'pareto:a=2' },
  { ...cellsOf('quick', [], 5)[0]!, ...small, world: 'trace', trace: 'three.json', fixedCost: 0 },
]

describe('a comparison', () => {
  test('[CMP4] through real threads is what one thread finds, in the order of the plans', async () => {
    const shares: number[] = []
    const comparison = await compare({
      ...{ matrix: 'quick', seed: 5, plans, traces: new Map([['three.json', trace]]), thread },
      onCell: (_, share) => shares.push(share),
    })
    expect(comparison.cells).toEqual(
      plans.map(plan => measureCell(plan, 'quick', plan.trace === null ? undefined : trace)),
    )
    expect(comparison.cells.map(({ world }) => world)).toEqual(['jitter', 'pareto:a=2', 'trace'])
    expect(shares.at(-1)).toBeCloseTo(1)
    expect(faultsOf(comparison)).toEqual([])
    const { worstRatioToFluid, worstRatioToBestRival, worstCell } = comparison.strategies.tiled!
    expect(worstRatioToFluid).toBe(Math.max(...comparison.cells.map(({ ratios }) => ratios.tiled!)))
    expect(worstRatioToBestRival).toBe(
      Math.max(...comparison.cells.map(({ ratios, bestRivalRatio }) => ratios.tiled! / bestRivalRatio!)),
    )
    expect(plans.map(({ workers }) => workers)).toContain(worstCell!.workers)
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison)
  })

  test('is shown by strategy and by world, whatever the width', () => {
    const cells = plans.map(plan => measureCell(plan, 'quick', trace))
    const unfinished = cells.map((cell, i) => (i > 0 ? cell : { ...cell, ratios: { ...cell.ratios, timeout: null } }))
    const exactNames = strategies.filter(({ promise }) => promise === 'whole-gradient').map(({ name }) => name)
    const names = contenders.map(({ name }) => name)
    const comparison: Comparison = {
      ...{ matrix: 'quick', seed: 5, notes: [], leftOut: ['Something.'], cells: unfinished },
      strategies: summarise(unfinished, names, exactNames),
    }
    for (const width of [10, 100, 400]) {
      const text = describeComparison(comparison, width)
      for (const name of names) expect(text).toContain(name)
      // Of equals all are marked.
      expect(text.match(/\* \d/g)!.length).toBeGreaterThanOrEqual(3)
      expect(text).toContain('~ m-synchronous')
      expect(text).toContain('never')
      expect(text).toContain('three.json')
      expect(text).toContain('Something.')
    }
  })

  test('knows its matrices', () => {
    expect(readMatrix('quick')).toBe('quick')
    expect(() => readMatrix('huge')).toThrow('--matrix is "huge"; allowed: full, standard, quick.')
  })
})

describe('threads', () => {
  const storms = (seeds: number): readonly StormTask[] =>
    Array.from({ length: seeds }, (_, seed) => ({ kind: 'storms', seed, strategies: ['full-synchrony'] }))

  test('play fault seeds', async () => {
    const results = await runTasks<StormTask, readonly StormFailure[]>({ thread, tasks: storms(3), threads: 2 })
    expect(results).toEqual([[], [], []])
  })

  test('that break say with which task', async () => {
    const task = { kind: 'cell', plan: { ...plans[0]!, world: 'paradise' }, size: 'quick' }
    await expect(runTasks({ thread, tasks: [task], shared: { traces: new Map() } })).rejects.toThrow(
      /paradise.*"world" is "paradise"/,
    )
  })

  test('stop where they are when told to', async () => {
    const interrupt = new AbortController()
    const tasks = storms(100_000)
    const onDone = () => interrupt.abort(new Error('enough'))
    await expect(runTasks({ thread, tasks, onDone, signal: interrupt.signal })).rejects.toThrow('enough')
    await expect(runTasks({ thread, tasks, signal: interrupt.signal })).rejects.toThrow('enough')
  })

  test('have nothing to do without tasks', async () => {
    expect(await runTasks({ thread, tasks: [] })).toEqual([])
  })
})
