// Does the order that virtual time says hold among real processes? Real coordinator, real workers whose partitions last as
// long as was drawn, one of them held up now and then and one killed in the middle: strategies in turn, the same draws.

import type { Benchmark } from './benchmark.ts'
import { runForReal } from './calibration/real-run.ts'
import { mean, median, quantile, table } from './statistics.ts'

const workers = 8
const partitions = 256
/** A share of the batch takes so many times what the calibration's takes: about 0.8 s in the median. */
const delayFactor = 4
const strategies = ['tiled', 'adaptive-repetition', 'work-queue', 'full-synchrony']
const warmUpRounds = 4

export const live: Benchmark = {
  name: 'live',
  question: 'Do strategies stand in the order of virtual time when real processes are slow, and one is killed?',
  async run({ isQuick, say }) {
    const passes = isQuick ? 2 : 7
    const rounds = isQuick ? 8 : 12
    const means: Record<string, number[]> = Object.fromEntries(strategies.map(name => [name, []]))
    for (let pass = 0; pass < passes; pass++) {
      // Each begins as often as the others, as far as passes go.
      const order = strategies.map((_, i) => strategies[(i + pass) % strategies.length]!)
      for (const strategy of order) {
        const kill = { seat: 3, round: Math.floor((warmUpRounds + rounds) / 2) }
        const plan = {
          strategy,
          workers,
          partitions,
          rounds,
          warmUpRounds,
          delaySeed: 20260500 + pass,
          delayFactor,
          kill,
        }
        const run = await runForReal(plan)
        const ms = mean(run.rounds.slice(warmUpRounds).flatMap(({ totalMs }) => totalMs ?? []))
        means[strategy]!.push(ms)
        say(`pass ${pass + 1} of ${passes}: ${strategy} ${ms.toFixed(0)} ms a round`)
      }
    }
    const figures = Object.fromEntries(
      strategies.map(name => {
        const ratios = means[name]!.map((ms, pass) => ms / means.tiled![pass]!)
        const spread = { low: Math.min(...ratios), median: median(ratios), high: Math.max(...ratios) }
        return [name, { meanMs: mean(means[name]!), worstMs: quantile(means[name]!, 1), toTiled: spread }]
      }),
    )
    const rows = Object.entries(figures).map(([name, { meanMs, worstMs, toTiled }]) => [
      name,
      meanMs.toFixed(0),
      worstMs.toFixed(0),
      toTiled.median.toFixed(2),
      `${toTiled.low.toFixed(2)} to ${toTiled.high.toFixed(2)}`,
    ])
    return {
      figures: { workers, partitions, passes, rounds, warmUpRounds, delayFactor, strategies: figures },
      lines: table([['', 'ms a round', 'worst pass', 'over tiled, median', 'from to'], ...rows]),
    }
  },
}
