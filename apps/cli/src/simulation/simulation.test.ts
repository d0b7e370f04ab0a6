import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OperatorError } from '@muster/coordinator'
import { measure, worldNames } from '@muster/simulator'
import { strategies, writeChoice } from '@muster/strategies'
import { afterAll, describe, expect, test } from 'vitest'
import { listWorldsAndStrategies } from '../commands/simulate.ts'
import { readStrategy } from '../strategy-argument.ts'
import { loadTrace } from '../trace-argument.ts'
import { describeMeasurement, measurementJson } from './describe-measurement.ts'
import { fuzz } from './fuzz.ts'
import { readFuzzSettings, readMeasureSettings, type SimulateFlags } from './settings.ts'
import { judgeStorm, replayLine, type StormFailure, weather } from './weather.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'muster-simulate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const tiny = { workers: '4', rounds: '6', warmUp: '2', partitions: '16' }

describe('a strategy as it is written', () => {
  test('name and settings', () => {
    expect(readStrategy('nested-tree')).toEqual({ name: 'nested-tree' })
    expect(readStrategy('fractional-repetition:s=2')).toEqual({ name: 'fractional-repetition', s: 2 })
    expect(readStrategy(' m-synchronous : share = 0.5 , chunksPerWorker = 4 ')).toEqual({
      ...{ name: 'm-synchronous', share: 0.5, chunksPerWorker: 4 },
    })
    for (const text of ['nested-tree', 'm-synchronous:share=0.5,chunksPerWorker=4', 'adasync:k0=2,data=shared'])
      expect(writeChoice(readStrategy(text))).toBe(text)
  })

  test.each([
    ['perfect', /"perfect"; allowed: "tiled", "adaptive-repetition"/],
    ['fractional-repetition:q=1', /"strategy.q" is no setting of fractional-repetition; allowed: "s"/],
    ['fractional-repetition:s=1.5', /"strategy.s" is 1.5; allowed: a whole number from 0 to 63/],
    ['fractional-repetition:s=x', /"strategy.s" is "x"; allowed: a whole number/],
    [
      'adaptive-bounded-staleness:rule=guess',
      /"strategy.rule" is "guess"; allowed: "adasync", "ratio", "plateau", "fixed"/,
    ],
    ['fractional-repetition:s', /"s"; allowed: "name:setting=value/],
    ['fractional-repetition:', /""; allowed: "name:setting=value/],
    ['fractional-repetition:s=1,s=2', /"s" twice/],
  ])('%s is answered with what is allowed', (text, answer) => {
    expect(() => readStrategy(text)).toThrow(OperatorError)
    expect(() => readStrategy(text)).toThrow(answer)
  })
})

describe('what is to be simulated', () => {
  test('has defaults', () => {
    const { strategy, world, workers, partitions, rounds, warmUp, seed, trace } = readMeasureSettings({})
    expect({ strategy, world, workers, partitions, rounds, warmUp, seed, trace }).toEqual({
      ...{ strategy: { name: 'tiled' }, world: 'jitter', workers: 16, partitions: 1024 },
      ...{ rounds: 200, warmUp: 10, seed: 1, trace: undefined },
    })
  })

  test.each<[SimulateFlags, RegExp]>([
    [{ world: 'paradise' }, /"world" is "paradise"; allowed: "jitter"/],
    [{ world: 'bimodal-slow:z=1' }, /"bimodal-slow.z" is no parameter/],
    [{ workers: '0' }, /--workers is "0"; allowed: a whole number from 1/],
    [{ rounds: 'many' }, /--rounds is "many"/],
    [{ vanish: '2' }, /"vanish" is 2; allowed: a number from 0 to 1/],
    [{ fixedCost: 'x' }, /--fixed-cost is "x"; allowed: a number/],
    [{ fixedCost: '' }, /--fixed-cost is ""; allowed: a number/],
    [{ churn: '0' }, /"churn" is 0; allowed: units above 0/],
    [{ world: 'trace' }, /--trace FILE/],
    [{ world: 'jitter', trace: 'some.json' }, /only --world trace plays a trace/],
    [{ trace: path.join(folder, 'absent.json') }, /There is no file .*absent.json.*--trace FILE/],
  ])('%j is answered with what is allowed', (flags, answer) => {
    expect(() => readMeasureSettings(flags)).toThrow(OperatorError)
    expect(() => readMeasureSettings(flags)).toThrow(answer)
  })

  test('a trace is enough to choose its world; a wrong one is named by its field', () => {
    const row = (seconds: number) => [[seconds, seconds, seconds, seconds]]
    const good = fileOf('good.json', JSON.stringify({ loads: { 0: row(0), 1: row(4) } }))
    expect(readMeasureSettings({ ...tiny, trace: good })).toMatchObject({ world: 'trace', workers: 4 })
    expect(() => readMeasureSettings({ ...tiny, workers: '5', trace: good })).toThrow(
      /"workers" is 5; allowed: at most 4/,
    )
    expect(() => loadTrace(fileOf('text.json', 'seconds'))).toThrow(/text.json is not JSON/)
    expect(() => loadTrace(fileOf('keys.json', '{"times":[]}'))).toThrow(/keys.json: the trace has "times"; expected/)
    const wrong = fileOf('wrong.json', JSON.stringify({ loads: { 0: row(0), 1: [[1, 1, 'late', 1]] } }))
    expect(() => loadTrace(wrong)).toThrow(/wrong.json: loads\["1"\]\[0\]\[2\] is "late"/)
  })

  test('help lists every world and strategy', () => {
    const help = listWorldsAndStrategies()
    for (const name of [...worldNames, ...strategies.map(strategy => strategy.name)])
      expect(help).toContain(`  ${name}: `)
    expect(help).toContain('chance of being slow')
  })
})

describe('a measurement', () => {
  const figures = [
    ...['roundMean', 'roundP99', 'fluidMean', 'ratioToFluid', 'genieMean', 'hindsightMean', 'undecodable'],
    ...['loadMean', 'uploadsMean', 'bytesUpMean', 'seed', 'workers', 'partitions', 'fixedCost', 'vanish', 'rounds'],
  ]

  test('holds every figure, and is shown with its limits', () => {
    const measurement = measure(readMeasureSettings({ ...tiny, strategy: 'fractional-repetition:s=1', vanish: '0.1' }))
    const json = measurementJson(measurement)
    for (const figure of figures) expect(json[figure], figure).toSatisfy(Number.isFinite)
    expect(json).toMatchObject({ strategy: 'fractional-repetition:s=1', world: 'jitter', rounds: 6, unfinished: null })
    const text = describeMeasurement(measurement)
    for (const figure of figures.slice(0, 10)) expect(text).toContain(figure)
    expect(text).toContain(measurement.roundMean!.toFixed(3))
    expect(text).toContain('fractional-repetition:s=1 in the world jitter')
  })

  test('of rounds that are made of K results has no limits, and what the strategy says of itself', () => {
    const measurement = measure(readMeasureSettings({ ...tiny, strategy: 'k-asynchronous:k=2' }))
    expect(measurement).toMatchObject({ fluidMean: null, ratioToFluid: null, rounds: 6, figures: { k: 2 } })
    const text = describeMeasurement(measurement)
    expect(text).toContain('no limit applies')
    expect(text).toMatch(/stalenessMax +\d/)
  })

  test('of a world that nobody can finish says why', () => {
    const measurement = measure(readMeasureSettings({ ...tiny, world: 'bimodal-dead:p=1' }))
    expect(measurementJson(measurement)).toMatchObject({
      roundMean: null,
      rounds: 0,
      unfinished: expect.stringMatching(/round 0/),
    })
    expect(describeMeasurement(measurement)).toContain('none')
  })
})

describe('fault seeds', () => {
  const good = { violations: [], rounds: Array.from({ length: 12 }) as never[], referenceError: 1e-7 }

  test('are judged', () => {
    expect(judgeStorm(good, 4, 'nested-tree')).toEqual([])
    expect(judgeStorm(good, 5, 'nested-tree')).toEqual(['12 of 6 rounds were done'])
    expect(judgeStorm({ ...good, violations: ['I2: planted'] }, 4, 'nested-tree')).toEqual(['I2: planted'])
    expect(judgeStorm({ ...good, referenceError: 1e-4 }, 4, 'nested-tree')[0]).toMatch(/0.0001 .*allowed: 0.00001/)
    expect(judgeStorm({ ...good, referenceError: 1e-4 }, 4, { name: 'cyclic-repetition', s: 2 })).toEqual([])
    expect(judgeStorm({ ...good, referenceError: Number.NaN }, 4, 'nested-tree')).toHaveLength(1)
  })

  test('[FUZZ1] that fail are told as they are found, with the line that replays them; the others go on', async () => {
    const settings = readFuzzSettings({ fuzz: '4', seed: '16', strategy: 'nested-tree' })
    const told: StormFailure[] = []
    const counts: number[] = []
    const report = await fuzz(
      settings,
      async (tasks, onDone) =>
        tasks.map(task => {
          const failures =
            task.seed === 17 ? [{ seed: 17, strategy: 'nested-tree', problems: ['I2: planted', 'I5: planted'] }] : []
          onDone(task, failures)
          return failures
        }),
      { failure: failure => told.push(failure), done: seeds => counts.push(seeds) },
    )
    expect(report).toEqual({ seeds: 4, firstSeed: 16, storms: 4, failures: told })
    expect(counts).toEqual([1, 2, 3, 4])
    expect(replayLine(told[0]!)).toBe(
      'npx muster simulate --fuzz 1 --seed 17 --strategy nested-tree   # I2: planted; I5: planted',
    )
  })

  test('run over every strategy unless one is named, and draw everything else themselves', () => {
    expect(readFuzzSettings({ fuzz: '3' })).toEqual({
      ...{ seeds: 3, firstSeed: 1, strategies: strategies.map(({ name }) => name) },
    })
    expect(readFuzzSettings({ fuzz: '3', strategy: 'fractional-repetition:s=2', json: true }).strategies).toEqual([
      { name: 'fractional-repetition', s: 2 },
    ])
    expect(() => readFuzzSettings({ fuzz: '3', world: 'jitter', warmUp: '2' })).toThrow(/leave out --world, --warm-up/)
    expect(() => readFuzzSettings({ fuzz: '0' })).toThrow(/--fuzz is "0"; allowed: a whole number from 1/)
  })

  test('with and without newcomers: what holds passes, what breaks is a failure and no end', () => {
    for (const seed of [2, 3]) expect(weather({ kind: 'storms', seed, strategies: ['full-synchrony'] })).toEqual([])
    expect(weather({ kind: 'storms', seed: 2, strategies: ['perfect'] })).toMatchObject([
      { seed: 2, strategy: 'perfect', problems: [expect.stringMatching(/^it broke: "strategy" is "perfect"/)] },
    ])
  })
})
