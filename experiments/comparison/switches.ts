// The controller of redundancy through a change of regime, round by round, beside every fixed redundancy.

import { createWorld, fluidBound, simulate, type World } from '@muster/simulator'
import type { StrategyChoice } from '@muster/strategies'
import { drawLineChart, type Line } from '../drawing/line-chart.ts'
import type { ExperimentOptions, Task } from '../experiment.ts'
import { fixed, mean, paragraphs, picture, table } from './markdown.ts'
import type { Section } from './section.ts'

const n = 16
const partitions = 16 * n
const vanish = 0.05
const redundancies = [1, 2, 3, 4]

type Regime = 'slow' | 'vanish'

interface PathInput {
  readonly regime: Regime
  readonly strategy: StrategyChoice
  readonly rounds: number
  readonly seed: number
}

interface Path {
  readonly times: readonly number[]
  readonly fluid: readonly number[]
  readonly redundancy: readonly number[]
}

function worldOf({ regime, rounds, seed }: PathInput): World {
  const common = { workers: n, partitions, rounds, seed, fixedCost: 1 }
  if (regime === 'slow') return createWorld({ ...common, world: 'regime-switch:p=0.3,f=8' })
  const world = createWorld({ ...common, world: 'jitter', vanish })
  return { ...world, vanishes: (seat, round) => (round < rounds / 3 ? null : world.vanishes(seat, round)) }
}

export const followPath: Task<PathInput, Path> = {
  name: 'comparison: path',
  run(input) {
    const world = worldOf(input)
    const { rounds, violations } = simulate({ ...input, world, partitions })
    if (violations.length > 0) throw new Error(`${input.regime}: ${violations[0]}`)
    return {
      times: rounds.map(({ totalMs }) => totalMs / 1000),
      fluid: rounds.map(({ round, survivors }) => fluidBound(world, round, survivors)),
      redundancy: rounds.map(({ redundancy }) => redundancy),
    }
  },
}

const choices: readonly StrategyChoice[] = [
  'adaptive-repetition',
  ...redundancies.map(r => ({ name: 'adaptive-repetition', redundancyMin: r, redundancyMax: r })),
]
const regimes: readonly { readonly regime: Regime; readonly name: string; readonly title: string }[] = [
  { regime: 'slow', name: 'switch-slow', title: 'Some tabs turn 8 times slower, then recover' },
  { regime: 'vanish', name: 'switch-vanish', title: '5 % of the tabs begin to vanish each round' },
]

export async function switchesSection({ isQuick, seed, spread }: ExperimentOptions): Promise<Section> {
  const rounds = isQuick ? 30 : 90
  const inputs = regimes.flatMap(({ regime }) => choices.map(strategy => ({ regime, strategy, rounds, seed })))
  const paths = await spread(followPath, inputs, 'regime switches, paths')
  const parts = regimes.map((regime, i) =>
    regimePart(regime, paths.slice(i * choices.length, (i + 1) * choices.length), rounds),
  )
  return {
    text: paragraphs(
      '## The controller through a change of regime',
      `${n} tabs of persistent speeds, fixed cost 1, ${rounds} rounds, one fleet. The same draws with redundancy held at ` +
        `r = ${redundancies.join(', ')}: the best of these in hindsight is what a controller is to be measured against.`,
      ...parts.map(part => part.text),
    ),
    drawings: Object.assign({}, ...parts.map(part => part.drawings)),
  }
}

function regimePart(
  { regime, name, title }: (typeof regimes)[number],
  paths: readonly Path[],
  rounds: number,
): Section {
  const [ours, ...fixedPaths] = paths as [Path, ...Path[]]
  const total = ({ times }: Path) => times.reduce((sum, time) => sum + time, 0)
  const best = fixedPaths.reduce((least, path) => (total(path) < total(least) ? path : least))
  const bestR = redundancies[fixedPaths.indexOf(best)]!
  const switches = regime === 'slow' ? [rounds / 3, (2 * rounds) / 3] : [rounds / 3]
  const events = switches.map((x, i) => ({
    x,
    name: i > 0 ? 'they recover' : regime === 'slow' ? 'they slow down' : 'vanishing begins',
  }))
  const unnamed = events.map(({ x }) => ({ x, name: '' }))
  const points = (values: readonly number[]): [number, number][] => values.map((value, round) => [round, value])
  const x = { name: 'round', kind: 'linear' as const, count: 9, isTight: true }
  const greys = ['grey', 'grey-dashed', 'grey-dotted', 'grey-mixed'] as const
  const excess = ({ times, fluid }: Path) => {
    let sum = 0
    return times.map((time, i) => {
      sum += time - fluid[i]!
      return sum
    })
  }
  const fixedLines = fixedPaths.map(
    (path, i): Line => ({ name: `r = ${redundancies[i]}`, look: greys[i]!, points: points(excess(path)) }),
  )
  const drawing = drawLineChart({
    title,
    description: `Round times, cumulative excess over the fluid bound and redundancy in force, ${rounds} rounds: adaptive-repetition beside fixed redundancies on the same draws.`,
    columns: 1,
    panels: [
      {
        title,
        x,
        y: { name: 'round time, units', kind: 'linear', including: [0] },
        events,
        height: 150,
        lines: [
          { name: 'adaptive-repetition', look: 'green', points: points(ours.times) },
          { name: `best fixed: r = ${bestR}`, look: 'grey', points: points(best.times) },
        ],
        limits: [{ name: 'fluid bound', points: points(ours.fluid) }],
      },
      {
        title: 'Cumulative excess over the fluid bound',
        x,
        y: { name: 'units', kind: 'linear' },
        events: unnamed,
        height: 150,
        lines: [{ name: 'adaptive-repetition', look: 'green', points: points(excess(ours)) }, ...fixedLines],
      },
      {
        title: 'Redundancy in force',
        x,
        y: { name: 'tabs to a partition', kind: 'linear', including: [0, 2], count: 4 },
        events: unnamed,
        height: 80,
        lines: [{ name: 'adaptive-repetition', look: 'green', points: points(ours.redundancy), isStep: true }],
      },
    ],
  })
  const thirds = regime === 'slow' ? 3 : 2
  const spans = Array.from({ length: thirds }, (_, i) => [switches[i - 1] ?? 0, switches[i] ?? rounds] as const)
  const ratioIn = (path: Path, [from, to]: readonly [number, number]) =>
    mean(path.times.slice(from, to)) / mean(path.fluid.slice(from, to))
  const row = (text: string, path: Path) => [
    text,
    ...spans.map(span => fixed(ratioIn(path, span))),
    fixed(ratioIn(path, [0, rounds])),
    fixed(Math.max(...path.times.map((time, i) => time / path.fluid[i]!))),
    fixed(mean(path.redundancy)),
  ]
  return {
    text: paragraphs(
      `### ${title}`,
      picture(name, title),
      table(
        [
          'mean round time / fluid bound',
          ...spans.map(([from, to]) => `rounds ${from}–${to - 1}`),
          'all',
          'worst round',
          'mean redundancy',
        ],
        [
          ['*fluid bound*', ...spans.map(() => '*1.00*'), '*1.00*', '', ''],
          row('adaptive-repetition', ours),
          ...fixedPaths.map((path, i) => row(`r = ${redundancies[i]}`, path)),
        ],
      ),
      verdict(total(ours) / total(best), bestR),
    ),
    drawings: { [name]: drawing },
  }
}

function verdict(loss: number, bestR: number): string {
  const percent = fixed(100 * Math.abs(loss - 1), 1)
  if (percent === '0.0')
    return `In all the controller takes as long as the best fixed redundancy in hindsight, r = ${bestR}.`
  const better = loss > 1 ? 'longer' : 'less'
  return `In all the controller takes ${percent} % ${better} than the best fixed redundancy in hindsight, r = ${bestR}.`
}
