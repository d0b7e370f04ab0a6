// How much of a run fits into a minute of one core: the whole simulator with its checkers, by strategy and size.

import { createWorld, simulate } from '@muster/simulator'
import { strategies } from '@muster/strategies'
import type { Benchmark, BenchmarkOptions } from './benchmark.ts'
import { queueLimit } from './simulator-speed/queue-limit.ts'
import { median, table } from './statistics.ts'

const seed = 20260403
const target = 1e6
const promised: Setting = { strategy: 'adaptive-repetition', workers: 64 }
const sizes = [16, 64, 256]
const roundsPromised = 300
const sampleRounds = 3
const roundsMax = 1000
/** A sample that takes longer is the figure. */
const slowMs = 10_000

interface Setting {
  readonly strategy: string
  readonly workers: number
}

interface Speed extends Setting {
  readonly rounds: number
  /** Worker-rounds a minute of one core, one for each run: by processor time, since others use this machine as well. */
  readonly perMinute: readonly number[]
  /** Processor time over wall time: below 1 where others took the core away. */
  readonly cores: number
  /** If only the queue's events cost time. */
  readonly limit: number
}

export const simulatorSpeed: Benchmark = {
  name: 'simulator',
  question: 'How many worker-rounds a minute does the simulator play on one core, checkers on (target 1,000,000)?',
  async run({ isQuick, say }) {
    const main = measurePromised(isQuick ? 3 : 7, say)
    const settings = sizes.flatMap(workers => strategies.map(({ name }) => ({ strategy: name, workers })))
    const speeds = measureAll(settings, isQuick ? 1 : 3, say)
    const { perMinute, limit } = main
    const isHeld = median(perMinute) >= target
    return {
      figures: { seed, target, isHeld, promised: main, speeds },
      lines: [
        `World jitter, twice as many partitions as workers, toy gradients of 8 numbers, checkers on, seed ${seed}.`,
        '',
        `${promised.strategy}, n = ${promised.workers}: ${whole(median(perMinute))} worker-rounds a minute of processor time,`,
        `median of ${perMinute.length} runs of ${main.rounds} rounds, from ${whole(Math.min(...perMinute))} to ${whole(Math.max(...perMinute))}; it got ${main.cores.toFixed(2)} cores.`,
        `Target: ${whole(target)}, ${isHeld ? 'held' : 'MISSED'}. Limit: ${whole(limit)}, if nothing but the queue’s events cost time.`,
        '',
        'All strategies one after another in one process, about a second each:',
        ...describe(speeds),
      ],
    }
  },
}

/** Before any other strategy has been played, and compiled for it: as whoever runs one long simulation has it. */
function measurePromised(runs: number, say: BenchmarkOptions['say']): Speed {
  say(
    `${promised.strategy}, n = ${promised.workers}: ${runs + 2} × ${roundsPromised} rounds, the first two to compile ...`,
  )
  const played = Array.from({ length: runs + 2 }, () => play(promised, roundsPromised)).slice(2)
  return speedOf({ setting: promised, rounds: roundsPromised, runs, played }, limitOf(promised.workers))
}

/** In turns, so that what else the machine does meets all alike. */
function measureAll(settings: readonly Setting[], runsEach: number, say: BenchmarkOptions['say']): Speed[] {
  say('compiling, and seeing how many rounds take about a second ...')
  const cells = settings.map((setting): Cell => {
    const sample = play(setting, sampleRounds)
    if (sample.cpuMs > slowMs) return { setting, rounds: sampleRounds, runs: 0, played: [sample] }
    const rounds = Math.min(roundsMax, Math.max(sampleRounds, Math.round((1000 * sampleRounds) / sample.cpuMs)))
    return { setting, rounds, runs: runsEach, played: [] }
  })
  for (let turn = 0; cells.some(({ runs }) => runs > turn); turn++) {
    say(`turn ${turn + 1} ...`)
    for (const { setting, rounds, runs, played } of cells) if (runs > turn) played.push(play(setting, rounds))
  }
  const limits = new Map(sizes.map(workers => [workers, limitOf(workers)]))
  return cells.map(cell => speedOf(cell, limits.get(cell.setting.workers)!))
}

function speedOf({ setting, rounds, played }: Cell, limit: number): Speed {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return {
    ...setting,
    rounds,
    perMinute: played.map(({ cpuMs }) => (setting.workers * rounds * 60_000) / cpuMs),
    cores: sum(played.map(({ cpuMs }) => cpuMs)) / sum(played.map(({ ms }) => ms)),
    limit,
  }
}

interface Cell {
  readonly setting: Setting
  readonly rounds: number
  readonly runs: number
  readonly played: Played[]
}

interface Played {
  readonly ms: number
  readonly cpuMs: number
}

function play({ strategy, workers }: Setting, rounds: number): Played {
  const partitions = partitionsOf(workers)
  const world = createWorld({ world: 'jitter', workers, partitions, rounds, seed })
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const { violations } = simulate({ seed, strategy, world, partitions, rounds })
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  if (violations.length > 0) throw new Error(`${strategy}, n = ${workers}: ${violations.join('; ')}`)
  return { ms, cpuMs: (user + system) / 1000 }
}

const partitionsOf = (workers: number) => 2 * workers
const limitOf = (workers: number) => queueLimit(workers, partitionsOf(workers))

const whole = (value: number) => Math.round(value).toLocaleString('en-GB')

function describe(speeds: readonly Speed[]): string[] {
  const head = ['strategy', 'n', 'rounds', 'median', 'least', 'most', 'limit']
  const rows = speeds.map(({ strategy, workers, rounds, perMinute, limit }) => [
    strategy,
    `${workers}`,
    `${perMinute.length} × ${rounds}`,
    ...[median(perMinute), Math.min(...perMinute), Math.max(...perMinute), limit].map(whole),
  ])
  return table([head, ...rows])
}
