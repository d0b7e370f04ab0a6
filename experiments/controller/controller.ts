// The controller of redundancy judged: against each fixed redundancy in hindsight, and against two simpler rules.

import { fixed, mean, paragraphs, table } from '../comparison/markdown.ts'
import type { Section } from '../comparison/section.ts'
import type { ExperimentOptions, Task } from '../experiment.ts'
import { backWithin, type RegretSettings, roundTimes, total } from './regret.ts'
import { asLastRound, byAverage } from './rules.ts'

interface Cell {
  readonly world: string
  readonly workers: number
  readonly fixedCost: number
  readonly vanish: number
}

const cells: readonly Cell[] = [
  { world: 'jitter', workers: 16, fixedCost: 0.1, vanish: 0 },
  { world: 'jitter', workers: 16, fixedCost: 1, vanish: 0.05 },
  { world: 'jitter', workers: 16, fixedCost: 4, vanish: 0.05 },
  { world: 'jitter', workers: 16, fixedCost: 10, vanish: 0.05 },
  { world: 'jitter', workers: 64, fixedCost: 1, vanish: 0.05 },
  { world: 'jitter', workers: 64, fixedCost: 10, vanish: 0.05 },
  { world: 'pareto', workers: 16, fixedCost: 1, vanish: 0.1 },
  { world: 'pareto', workers: 16, fixedCost: 10, vanish: 0.1 },
  { world: 'bimodal-slow', workers: 16, fixedCost: 0.1, vanish: 0 },
  { world: 'bimodal-slow', workers: 16, fixedCost: 4, vanish: 0 },
  { world: 'bimodal-slow:p=0.3,f=8', workers: 6, fixedCost: 4, vanish: 0 },
  { world: 'bimodal-dead', workers: 16, fixedCost: 1, vanish: 0 },
  { world: 'bimodal-dead', workers: 16, fixedCost: 10, vanish: 0 },
  { world: 'exponential-setup', workers: 16, fixedCost: 10, vanish: 0 },
  { world: 'regime-switch:p=0.4,f=10', workers: 16, fixedCost: 4, vanish: 0 },
  { world: 'regime-mid-round', workers: 16, fixedCost: 10, vanish: 0 },
]

const redundancies = [1, 2, 3, 4]

interface Judged {
  /** Units in all, by fixed redundancy. */
  readonly fixed: readonly number[]
  readonly own: number
  readonly last: number
  readonly average: number
  /** Rounds after the switch of regime until near the best again; null: the world has no switch. */
  readonly back: readonly number[] | null
}

export const judgeRules: Task<RegretSettings, Judged> = {
  name: 'controller: rules',
  run(settings) {
    const fixedTimes = redundancies.map(r => roundTimes(settings, { fixed: r }).times)
    const own = roundTimes(settings, { own: true }).times
    const { rounds } = settings
    const thirds = [0, Math.round(rounds / 3), Math.round((2 * rounds) / 3), rounds]
    const bestIn = (from: number, to: number) =>
      fixedTimes.reduce((best, times) => (total(times.slice(from, to)) < total(best.slice(from, to)) ? times : best))
    const back = [1, 2].map(i => {
      const [from, to] = [thirds[i]!, thirds[i + 1]!]
      return backWithin(own.slice(0, to), bestIn(from, to).slice(0, to), from)
    })
    return {
      fixed: fixedTimes.map(total),
      own: total(own),
      last: total(roundTimes(settings, { rule: asLastRound }).times),
      average: total(roundTimes(settings, { rule: byAverage }).times),
      back: settings.world.startsWith('regime-switch') ? back : null,
    }
  },
}

export async function controllerSection({ isQuick, seed, spread }: ExperimentOptions): Promise<Section> {
  const rounds = isQuick ? 15 : 50
  const seeds = isQuick ? [seed] : [seed, seed + 1]
  const plans = cells.flatMap(cell => seeds.map(each => ({ cell, seed: each })))
  const judged = await spread(
    judgeRules,
    plans.map(({ cell, seed: each }) => ({
      ...cell,
      partitions: 16 * cell.workers,
      rounds: cell.world.startsWith('regime-switch') ? 2 * rounds : rounds,
      warmUp: 5,
      seed: each,
    })),
    'controller',
  )
  const ratios = judged.map(({ fixed: times, own, last, average }) => {
    const best = Math.min(...times)
    return { bestR: redundancies[times.indexOf(best)]!, own: own / best, last: last / best, average: average / best }
  })
  const column = (pick: (ratio: (typeof ratios)[number]) => number) => {
    const values = ratios.map(pick)
    return `mean ${fixed(mean(values), 3)}, worst ${fixed(Math.max(...values), 3)}, ${Math.round(
      (100 * values.filter(value => value <= 1.05).length) / values.length,
    )} % of the runs within 1.05`
  }
  const rows = plans.map(({ cell, seed: each }, i) => {
    const ratio = ratios[i]!
    return [
      cell.world,
      `${cell.workers}`,
      `${cell.fixedCost}`,
      `${cell.vanish}`,
      `${each}`,
      `${ratio.bestR}`,
      fixed(ratio.own, 3),
      fixed(ratio.last, 3),
      fixed(ratio.average, 3),
    ]
  })
  const switched = judged.flatMap(({ back }) => back ?? [])
  const slowest = Math.max(...switched)
  return {
    text: paragraphs(
      '## The controller against hindsight',
      `Time of ${rounds} rounds (the regime switch: ${2 * rounds}), after 5 to learn in, over that of the best fixed redundancy on the same ` +
        'draws (*hindsight best* = 1): the replay that the default uses; s = the stragglers seen in the last round; ' +
        's = an exponential average of them (0.3).',
      table(['world', 'n', 'fixed cost', 'vanish', 'seed', 'best r', 'replay', 's = last round', 's = average'], rows),
      `Replay: ${column(({ own }) => own)}. Last round: ${column(({ last }) => last)}. Average: ${column(
        ({ average }) => average,
      )}. After a switch of regime the replay is within 10 % of what is best from then on ${
        Number.isFinite(slowest) ? `after at most ${slowest} rounds` : 'not in every case'
      } (means of five rounds).`,
    ),
    drawings: {},
  }
}
