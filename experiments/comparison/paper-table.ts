// The reference table of the nested codes' latencies, three times: from completion times alone (the oracle), by the
// production code with every round begun afresh, and by the production code round after round.

import { simulate } from '@muster/simulator'
import type { StrategyChoice } from '@muster/strategies'
import { drawDotPlot } from '../drawing/dot-plot.ts'
import type { ExperimentOptions, Task } from '../experiment.ts'
import { latencyCases, latencyRow, type MeanLatencies } from '../latencies/latency-table.ts'
import { fixedCode, fractionalRepetition, nestedCyclic, nestedTree, waitForAll } from '../latencies/schemes.ts'
import { type CompletionTimes, roundTimes } from '../latencies/time-models.ts'
import { fixed, mean, paragraphs, picture, precise, table } from './markdown.ts'
import { oracleWorld, type Seating } from './oracle-world.ts'
import type { Section } from './section.ts'

interface Scheme {
  readonly name: string
  readonly reference: keyof MeanLatencies
  readonly strategy: StrategyChoice
  readonly seating: Seating
  oracle(times: CompletionTimes): number
}

interface CaseInput {
  readonly index: number
  readonly scheme: number
  readonly rounds: number
  readonly fineRounds: number
  readonly seed: number
}

interface CaseFound {
  readonly settings: string
  readonly reference: number
  readonly oracle: number
  /** The production code, every round begun afresh; and the largest relative distance of a single round. */
  readonly afresh: number
  readonly roundOff: number
  /** Round after round, a task in one piece; the same with a task in eight. */
  readonly inRun: number
  readonly inFineRun: number
  readonly fineOracle: number
}

const schemeNames = ['wait for all', 'best GC(s)', 'deepest GC', 'best FR', 'nested cyclic', 'nested tree'] as const
/** Nobody is told, and nobody waits in vain: re-issue shall not help. */
const leaseMs = 1e12
const piecesPerTask = 8

function schemesOf(index: number, seed: number): Scheme[] {
  const row = latencyCases[index]!
  const sMax = row.n / 2 - 1
  const rounds = 3000
  const { bestTolerance } = latencyRow(row, rounds, seed)
  const sizes = Array.from({ length: row.n / 2 }, (_, i) => i + 1).filter(size => row.n % size === 0)
  const means = sizes.map(size =>
    mean(Array.from({ length: 500 }, (_, r) => fractionalRepetition(roundTimes(row.model, row.n, seed, r), size - 1))),
  )
  const bestGroup = sizes[means.indexOf(Math.min(...means))]! - 1
  const cyclic = (s: number) => ({ name: 'cyclic-repetition', s, errorMax: 1 })
  const seating = 'by-name'
  return [
    { name: '', reference: 'waitForAll', strategy: 'full-synchrony', seating: 'as-they-came', oracle: waitForAll },
    {
      ...{ name: `s = ${bestTolerance}`, reference: 'bestFixedCode', strategy: cyclic(bestTolerance), seating },
      oracle: times => fixedCode(times, bestTolerance),
    },
    {
      ...{ name: `s = ${sMax}`, reference: 'deepestFixedCode', strategy: cyclic(sMax), seating },
      oracle: times => fixedCode(times, sMax),
    },
    {
      ...{ name: `s = ${bestGroup}`, reference: 'bestFractionalRepetition', seating },
      strategy: { name: 'fractional-repetition', s: bestGroup },
      oracle: times => fractionalRepetition(times, bestGroup),
    },
    {
      ...{ name: '', reference: 'nestedCyclic', seating },
      strategy: { name: 'nested-cyclic', toleranceMax: sMax, bySpeed: 0, errorMax: 1 },
      oracle: times => nestedCyclic(times, sMax),
    },
    {
      ...{ name: '', reference: 'nestedTree', strategy: 'nested-tree', seating: 'as-they-came' },
      // Production has no cap on the level; the reference stops at half of the data.
      oracle: times => nestedTree(times, Math.log2(row.n)),
    },
  ]
}

export const replayCase: Task<CaseInput, CaseFound> = {
  name: 'comparison: paper',
  run({ index, scheme: which, rounds, fineRounds, seed }) {
    const { n, model, reference } = latencyCases[index]!
    const scheme = schemesOf(index, seed)[which]!
    const { strategy, seating } = scheme
    const oracles = Array.from({ length: Math.max(rounds, fineRounds) }, (_, r) =>
      scheme.oracle(roundTimes(model, n, seed, r)),
    )
    const play = (first: number, count: number, partitions: number) =>
      simulate({
        seed,
        strategy,
        world: oracleWorld(model, n, seed, first, seating),
        partitions,
        rounds: count,
        leaseMs,
      }).rounds.map(({ totalMs }) => totalMs / 1000 / n)
    const alone = Array.from({ length: rounds }, (_, r) => play(r, 1, n)[0]!)
    return {
      settings: scheme.name,
      reference: reference[scheme.reference],
      oracle: mean(oracles.slice(0, rounds)),
      afresh: mean(alone),
      roundOff: Math.max(...alone.map((time, r) => Math.abs(time / oracles[r]! - 1))),
      inRun: mean(play(0, rounds, n)),
      inFineRun: mean(play(0, fineRounds, piecesPerTask * n)),
      fineOracle: mean(oracles.slice(0, fineRounds)),
    }
  },
}

export async function paperTableSection({ isQuick, seed, spread }: ExperimentOptions): Promise<Section> {
  const rounds = (n: number) => (isQuick ? 10 : n < 32 ? 200 : 60)
  const fineRounds = (n: number) => (isQuick ? 5 : n < 32 ? 40 : 16)
  // The largest first: they take longest.
  const order = [...latencyCases.keys()].filter(i => !isQuick || latencyCases[i]!.n < 32).reverse()
  const inputs = order.flatMap(index =>
    schemeNames.map((_, scheme) => {
      const { n } = latencyCases[index]!
      return { index, scheme, rounds: rounds(n), fineRounds: fineRounds(n), seed }
    }),
  )
  const outputs = await spread(replayCase, inputs, "the paper's table, cells")
  const cells = inputs.map((input, i) => ({ ...input, ...outputs[i]! }))
  const shown = [...order].reverse()
  const of = (index: number, scheme: number) => cells.find(cell => cell.index === index && cell.scheme === scheme)!
  const text = (value: number) => precise(value, 3)
  const rows = (pick: (cell: (typeof cells)[number]) => string) =>
    shown.map(index => [latencyCases[index]!.name, ...schemeNames.map((_, scheme) => pick(of(index, scheme)))])
  const head = ['', ...schemeNames]
  const apart = cells.filter(({ roundOff }) => roundOff > 1e-9)
  const drawing = drawDotPlot({
    title: 'Production round after round, over the oracle',
    description:
      'One row for each time model and number of tabs, one mark for each scheme: mean round time in one run of the production code over the mean of the oracle on the same draws.',
    axis: {
      name: 'mean round time in a run / oracle, a task in one piece',
      kind: 'log',
      isTight: true,
      including: [0.9, 2],
    },
    kinds: [
      { name: 'wait for all', look: 'grey-ring' },
      { name: 'best GC(s)', look: 'red' },
      { name: 'best FR', look: 'blue' },
      { name: 'nested cyclic', look: 'orange' },
      { name: 'nested tree', look: 'violet' },
    ],
    rows: shown.map(index => ({
      name: latencyCases[index]!.name,
      values: [0, 1, 3, 4, 5].map(scheme => of(index, scheme).inRun / of(index, scheme).oracle),
    })),
    limits: [{ at: 1, name: 'the oracle' }],
  })
  return {
    text: paragraphs(
      "## Nested codes against the paper's table",
      'Time models of the nested codes’ reference table: n tasks, tolerance up to n/2 − 1, nothing costs ' +
        'but computing; unit: the whole data set on one tab that nothing slows. *Reference* has 20,000 rounds of its own ' +
        '(4,000 for n = 32). The *oracle* (experiments/latencies) is computed here from completion times alone, and the ' +
        `production code plays the same draws: ${rounds(8)} rounds, ${rounds(32)} for n = 32. Its tree may go on to the whole, ` +
        'and so may that of the oracle here; the reference stops at half.',
      '**Oracle** (reference), with the tolerance that was best',
      table(
        head,
        rows(({ oracle, reference, settings }) => `${text(oracle)} (${reference})${settings ? `, ${settings}` : ''}`),
      ),
      '**Production, each round begun afresh, over the oracle**',
      table(
        head,
        rows(({ afresh, oracle }) => fixed(afresh / oracle, 3)),
      ),
      apart.length === 0
        ? 'Equal round by round, in every cell, to the last digits of floating arithmetic: the production code stops exactly when the theory says.'
        : `Not equal round by round in ${apart.length} of ${cells.length} cells: ${apart
            .map(
              cell =>
                `${latencyCases[cell.index]!.name}, ${schemeNames[cell.scheme]} (worst round off by ${fixed(100 * cell.roundOff, 1)} %)`,
            )
            .join('; ')}.`,
      '**Production, round after round, over the oracle** — a task in one piece (a task in eight pieces)',
      table(
        head,
        rows(
          ({ inRun, oracle, inFineRun, fineOracle }) => `${fixed(inRun / oracle)} (${fixed(inFineRun / fineOracle)})`,
        ),
      ),
      picture('paper-table', 'Production over the oracle'),
      'Round after round the table is not reached, and this is no fault of the code that stops the rounds. A partition that ' +
        'is being computed cannot be interrupted: a tab that has gone on to the next task, or straggles, finishes the ' +
        'partition it is in before it begins the new round. The formulae let everybody begin at once. Nested codes pay most, ' +
        'for under them everybody has gone on; and where a tab is a thousand times slower, it is still at its partition many ' +
        'rounds later. Finer partitions give most of it back. What remains of the nested tree is its shares: they follow learnt ' +
        'speeds, which in these models are noise; nested-cyclic is played with equal blocks, as in the paper. Waiting for all has nobody left behind and meets the table.',
    ),
    drawings: { 'paper-table': drawing },
  }
}
