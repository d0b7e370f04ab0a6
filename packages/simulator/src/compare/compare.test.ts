import { outlivesRounds, strategies } from '@muster/strategies'
import { describe, expect, test } from 'vitest'
import { candidatesOf, contenders } from './contenders.ts'
import { cellsOf, leftOut, matrices } from './matrix.ts'
import { measureCell } from './measure-cell.ts'
import { rivalOf } from './rivals.ts'
import { type JudgedCell, summarise } from './summarise.ts'

const exact = ['own', 'other', 'third']
const cell = (vanish: number, ratios: JudgedCell['ratios']): JudgedCell => ({
  ...{ world: 'jitter', trace: null, workers: 8, fixedCost: 1, vanish },
  ratios,
})

describe('the best rival', () => {
  test('[CMP2] is the best exact one other than oneself', () => {
    const ratios = { own: 1.1, other: 1.5, third: 1.3, loose: 1 }
    expect(rivalOf('own', ratios, exact)).toBe('third')
    expect(rivalOf('third', ratios, exact)).toBe('own')
    expect(rivalOf('loose', ratios, exact)).toBe('own')
    expect(rivalOf(null, ratios, exact)).toBe('own')
  })

  test('[CMP2] is the first of equals, and never one that did not finish', () => {
    expect(rivalOf('own', { own: 1, other: 2, third: 2 }, exact)).toBe('other')
    expect(rivalOf('own', { own: 1, other: null, third: 9 }, exact)).toBe('third')
    expect(rivalOf('own', { own: 1, other: null, third: null, loose: 1 }, exact)).toBeNull()
  })
})

describe('the summary', () => {
  const cells = [
    cell(0, { own: 1.2, other: 1.5, loose: 1 }),
    cell(0.05, { own: 1.8, other: 1.5, loose: 1.1 }),
    cell(0.1, { own: 1.6, other: null, third: 1.6, loose: 1.2 }),
  ]
  const { own, other, third, loose } = summarise(cells, ['own', 'other', 'third', 'loose'], exact)

  test('says what a strategy comes to and where it is worst', () => {
    expect(own!.meanRatioToFluid).toBeCloseTo((1.2 + 1.8 + 1.6) / 3)
    expect(own!.worstRatioToFluid).toBe(1.8)
    expect(own!.worstCell).toEqual({ world: 'jitter', trace: null, workers: 8, fixedCost: 1, vanish: 0.05 })
    expect(own!.worstRatioToBestRival).toBeCloseTo(1.8 / 1.5)
    expect(own!.worstCellToBestRival).toMatchObject({ vanish: 0.05, bestRival: 'other' })
    expect(own!.meanRatioToBestRival).toBeCloseTo((1.2 / 1.5 + 1.8 / 1.5 + 1) / 3)
  })

  test('[CMP3] takes a cell that was not finished for the worst', () => {
    expect(other).toMatchObject({ worstRatioToFluid: null, worstRatioToBestRival: null, cells: 3, unfinishedCells: 1 })
    expect(other!.worstCell).toMatchObject({ vanish: 0.1 })
    expect(other!.worstFinishedRatioToFluid).toBe(1.5)
    expect(other!.meanRatioToFluid).toBe(1.5)
  })

  test('counts only the cells a strategy was in', () => {
    expect(third).toMatchObject({ cells: 1, unfinishedCells: 0, worstRatioToFluid: 1.6, worstRatioToBestRival: 1 })
  })

  test('[CMP2] compares who is not exact with exact ones, and ranks it nowhere', () => {
    expect(loose!.isExact).toBe(false)
    expect(loose!.worstRatioToBestRival).toBeCloseTo(1 / 1.2)
  })

  test('leaves open what nobody else finished', () => {
    const alone = summarise([cell(0, { own: 2, other: null })], ['own', 'other'], exact)
    expect(alone.own).toMatchObject({ worstRatioToFluid: 2, worstRatioToBestRival: null, worstCellToBestRival: null })
    expect(alone.other!.worstCellToBestRival).toMatchObject({ bestRival: 'own' })
  })
})

describe('contenders and cells', () => {
  test('every strategy takes part whose rounds are at one model', () => {
    const names = strategies.filter(({ promise }) => !outlivesRounds(promise)).map(({ name }) => name)
    expect(contenders.map(({ name }) => name).sort()).toEqual(names.sort())
  })

  test.each(['full', 'quick'] as const)('%s: settings are allowed, distinct, and fit the fleet', size => {
    for (const contender of contenders) {
      const described = strategies.find(({ name }) => name === contender.name)!.settings
      for (const workers of [2, 8, 256]) {
        const choices = candidatesOf(contender, workers, size)
        expect(new Set(choices.map(choice => JSON.stringify(choice))).size).toBe(choices.length)
        if (contender.tuned === undefined || choices.length === 0) continue
        const setting = described.find(({ name }) => name === contender.tuned!.setting)!
        if ('options' in setting) throw new Error(`${setting.name} is no number`)
        const { min, max } = setting
        for (const choice of choices) {
          const value = (choice as Record<string, unknown>)[contender.tuned.setting]
          expect(value).toBeGreaterThanOrEqual(min)
          expect(value).toBeLessThanOrEqual(max)
        }
      }
    }
    const tolerance = contenders.find(({ name }) => name === 'cyclic-repetition')!
    expect(candidatesOf(tolerance, 2, size)).toEqual([{ name: 'cyclic-repetition', s: 1 }])
  })

  test('no cell is planned twice, traces come on top, and what is missing is said', () => {
    const traces = [
      { name: 'measured.json', layout: 'measured-times', workers: 256 },
      { name: 'few.json', layout: 'measured-times', workers: 20 },
      { name: 'tabs.json', layout: 'tab-sessions' },
    ] as const
    const cells = cellsOf('full', traces, 3)
    expect(new Set(cells.map(plan => JSON.stringify(plan))).size).toBe(cells.length)
    expect(cells.filter(({ trace }) => trace === 'measured.json').map(({ workers }) => workers)).toEqual([
      8, 16, 64, 256,
    ])
    expect(cells.filter(({ trace }) => trace === 'tabs.json').map(({ workers }) => workers)).toEqual([8, 16, 64])
    expect(cells.filter(({ trace }) => trace === 'few.json').map(({ workers }) => workers)).toEqual([8, 16])
    expect(cells.every(({ seed }) => seed === 3)).toBe(true)
    expect(leftOut('full').join(' ')).toContain('256 workers')
    expect(leftOut('quick').join(' ')).toContain('log-normal')
    expect(matrices.full.worlds).toEqual(expect.arrayContaining([...matrices.quick.worlds]))
  })
})

test('[CMP1] a cell is a function of its plan, ranks exact ones only, and keeps the best of what was tried', () => {
  const plan = cellsOf('quick', [], 1)[0]!
  const short = { ...plan, workers: 4, partitions: 16, rounds: 3, warmUp: 2 }
  const measured = measureCell(short, 'quick', undefined)
  expect(measureCell(short, 'quick', undefined)).toEqual(measured)
  expect(Object.keys(measured.ratios)).toEqual(contenders.map(({ name }) => name))
  expect(measured.details['m-synchronous']!.isExact).toBe(false)
  expect(measured.bestRival).not.toBe('m-synchronous')
  expect(measured.bestRival).not.toBe('tiled')
  expect(measured.bestRivalRatio).toBe(measured.ratios[measured.bestRival!])
  for (const [name, { tried, ratioToFluid, violations, fluidMean }] of Object.entries(measured.details)) {
    expect(violations, name).toEqual([])
    expect(fluidMean, name).toBeGreaterThan(0)
    expect(ratioToFluid, name).toBe(Math.min(...tried.map(({ ratioToFluid: one }) => one!)))
  }
})

test('[CMP3] who does not finish has no ratio and no rival', () => {
  const plan = {
    ...cellsOf('quick', [], 1)[0]!,
    world: 'bimodal-dead:p=1',
    workers: 2,
    partitions: 2,
    rounds: 1,
    warmUp: 0,
  }
  const { ratios, bestRival, details } = measureCell(plan, 'quick', undefined)
  expect(new Set(Object.values(ratios))).toEqual(new Set([null]))
  expect(bestRival).toBeNull()
  for (const [name, { unfinished, violations }] of Object.entries(details)) {
    expect(unfinished, name).toMatch(/round 0/)
    expect(violations, name).toEqual([])
  }
})

test('where nobody survives a round there is nothing to compare with', () => {
  const plan = {
    ...cellsOf('quick', [], 1)[0]!,
    workers: 1,
    partitions: 2,
    rounds: 2,
    warmUp: 0,
    world: 'trace',
    vanish: 0,
  }
  // They stay for half a unit, and are gone before they have answered.
  const sessions = [{ seconds: 1, slowness: 1 }]
  const { ratios } = measureCell({ ...plan, trace: 'tabs' }, 'quick', { layout: 'tab-sessions', sessions })
  expect(new Set(Object.values(ratios))).toEqual(new Set([null]))
})
