// Does virtual time tell what real processes take? Real coordinator, real worker processes whose partitions last as
// long as was drawn, against the simulator with the same draws and with costs measured here.

import type { Milliseconds } from '@muster/vocabulary'
import type { Benchmark } from './benchmark.ts'
import { describeCosts, fixedCostMs, measureCosts } from './calibration/costs.ts'
import { longestMs, shortestMs } from './calibration/delays.ts'
import { runForReal } from './calibration/real-run.ts'
import { runInVirtualTime, type SimulatedPlan } from './calibration/simulated-run.ts'
import { mean, quantile, standardError, table } from './statistics.ts'

const workers = 8
const partitions = 64
const strategies = ['full-synchrony', 'adaptive-repetition', 'nested-tree']
/** Each pass has a seed of its own; the second goes through the strategies backwards. */
const seeds = [20260401, 20260402]
/** Discarded on both sides: speeds are being learnt, programs compiled. */
const warmUpRounds = 10
/** The promise: means within a tenth of each other. */
const tolerance = 0.1
const ownShareMax = 0.05

interface Pair {
  readonly strategy: string
  readonly seed: number
  readonly round: number
  readonly measuredMs: Milliseconds
  readonly simulatedMs: Milliseconds
  readonly boundMs: Milliseconds
  readonly measuredLoad: number
  readonly simulatedLoad: number
}

interface Comparison {
  readonly strategy: string
  readonly rounds: number
  readonly measured: Spread
  readonly simulated: Spread
  /** Measured over simulated. */
  readonly ratio: Spread
  readonly ratioStandardError: number
  readonly fluidBoundMs: Milliseconds
  readonly load: { readonly measured: number; readonly simulated: number }
  readonly isWithin: boolean
}

interface Spread {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

export const calibration: Benchmark = {
  name: 'calibration',
  question: 'Does virtual time tell what real processes take (mean round time within 10 %)?',
  async run({ isQuick, say }) {
    const rounds = isQuick ? 15 : 60
    say('probe: what messages, transfers and updates cost here ...')
    const costs = await measureCosts(workers, partitions, isQuick ? 20 : 60)
    const pairs: Pair[] = []
    let workedMs = 0
    let delayMs = 0
    for (const [pass, seed] of seeds.entries()) {
      for (const strategy of pass % 2 === 0 ? strategies : [...strategies].reverse()) {
        const plan: SimulatedPlan = {
          strategy,
          workers,
          partitions,
          rounds: warmUpRounds + rounds,
          warmUpRounds,
          delaySeed: seed,
          fixedCostMs: fixedCostMs(costs),
        }
        say(`${strategy}, seed ${seed}: ${plan.rounds} rounds ...`)
        const real = await runForReal(plan)
        pairs.push(...pair(plan, real.rounds))
        for (const report of real.reports) {
          workedMs += report.workedMs
          delayMs += report.delayMs
        }
      }
    }
    const ownShare = workedMs / delayMs
    const comparisons = strategies.map(strategy =>
      compare(
        strategy,
        pairs.filter(other => other.strategy === strategy),
      ),
    )
    return {
      figures: { workers, partitions, seeds, warmUpRounds, costs, ownShare, ownShareMax, tolerance, comparisons },
      lines: [
        `${workers} worker processes on loopback, ${partitions} partitions; a worker’s even share takes ${shortestMs} to ${longestMs} ms,`,
        `drawn by worker and round from the seeds ${seeds.join(' and ')}; ${warmUpRounds} rounds of warm-up discarded on both sides.`,
        '',
        `What a round costs besides, from a probe of ${workers} workers with other delays just before:`,
        ...describeCosts(costs),
        '',
        'Round times in ms; ratios are measured over simulated, with the standard error of the mean one:',
        ...describe(comparisons),
        '',
        `Own computing hidden in the delays: ${percent(ownShare)} of them (criterion: at most ${percent(ownShareMax)}).`,
      ],
    }
  },
}

function pair(plan: SimulatedPlan, measured: Awaited<ReturnType<typeof runForReal>>['rounds']): Pair[] {
  const { strategy, delaySeed: seed } = plan
  return runInVirtualTime(plan)
    .slice(warmUpRounds)
    .map(({ round, totalMs, load, boundMs }) => ({
      strategy,
      seed,
      round,
      measuredMs: measured[round]!.totalMs!,
      simulatedMs: totalMs,
      boundMs,
      measuredLoad: measured[round]!.load,
      simulatedLoad: load,
    }))
}

function compare(strategy: string, pairs: readonly Pair[]): Comparison {
  const measured = spread(pairs.map(({ measuredMs }) => measuredMs))
  const simulated = spread(pairs.map(({ simulatedMs }) => simulatedMs))
  const ratio = {
    mean: measured.mean / simulated.mean,
    p50: measured.p50 / simulated.p50,
    p90: measured.p90 / simulated.p90,
    p99: measured.p99 / simulated.p99,
  }
  return {
    strategy,
    rounds: pairs.length,
    measured,
    simulated,
    ratio,
    // Round by round both met the same delays: their difference is what is uncertain.
    ratioStandardError:
      standardError(pairs.map(({ measuredMs, simulatedMs }) => measuredMs - ratio.mean * simulatedMs)) / simulated.mean,
    fluidBoundMs: mean(pairs.map(({ boundMs }) => boundMs)),
    load: {
      measured: mean(pairs.map(({ measuredLoad }) => measuredLoad)),
      simulated: mean(pairs.map(({ simulatedLoad }) => simulatedLoad)),
    },
    isWithin: Math.abs(ratio.mean - 1) <= tolerance,
  }
}

const spread = (values: readonly number[]): Spread => ({
  mean: mean(values),
  p50: quantile(values, 0.5),
  p90: quantile(values, 0.9),
  p99: quantile(values, 0.99),
})

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

function describe(comparisons: readonly Comparison[]): string[] {
  const head = ['strategy', 'rounds', '', 'mean', 'p50', 'p90', 'p99', 'load', 'fluid bound', 'mean within 10 %']
  const ms = ({ mean: centre, p50, p90, p99 }: Spread) => [centre, p50, p90, p99].map(value => value.toFixed(1))
  const rows = comparisons.flatMap(found => [
    [
      found.strategy,
      `${found.rounds}`,
      'measured',
      ...ms(found.measured),
      found.load.measured.toFixed(2),
      found.fluidBoundMs.toFixed(1),
      '',
    ],
    ['', '', 'simulated', ...ms(found.simulated), found.load.simulated.toFixed(2), '', ''],
    [
      '',
      '',
      'ratio',
      `${found.ratio.mean.toFixed(3)} ± ${found.ratioStandardError.toFixed(3)}`,
      found.ratio.p50.toFixed(3),
      found.ratio.p90.toFixed(3),
      found.ratio.p99.toFixed(3),
      '',
      '',
      found.isWithin ? 'held' : 'MISSED',
    ],
  ])
  return table([head, ...rows])
}
