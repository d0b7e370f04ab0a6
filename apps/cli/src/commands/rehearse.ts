import { checkRunFile, readSettings } from '@muster/coordinator'
import { outlivesRounds } from '@muster/strategies'
import type { Command } from 'commander'
import { faultForms, readFaultSpec } from '../rehearsal/fault-spec.ts'
import { type RehearsalReport, rehearse } from '../rehearsal/rehearse.ts'
import { loadRunFile } from '../run-file-argument.ts'
import { readStrategy } from '../strategy-argument.ts'
import { wholeNumber } from './worker.ts'

interface RehearseFlags {
  readonly workers: string
  readonly rounds?: string
  readonly seed?: string
  readonly strategy?: string
  readonly fault: readonly string[]
  readonly reference: boolean
  readonly data?: string
  readonly json?: boolean
}

export function addRehearseCommand(program: Command): void {
  program
    .command('rehearse')
    .description('try a run before inviting anybody: headless workers, faults, and a report')
    .argument('<FILE>', 'run file')
    .option('--workers <number>', 'how many workers', '4')
    .option('--rounds <number>', 'how many rounds (default: the run file’s, else 100)')
    .option('--seed <number>', 'seed of run and faults (default: the run file’s)')
    .option('--strategy <name>', 'another strategy than the run file’s, as name:setting=value,…')
    .option('--fault <spec>', `${faultForms} (repeatable)`, (spec: string, all: string[]) => [...all, spec], [])
    .option('--no-reference', 'do not train the single-process reference')
    .option('--data <folder>', 'data folder that holds the data set (default ./data)')
    .option('--json', 'one JSON object')
    .action(run)
}

async function run(name: string, flags: RehearseFlags): Promise<void> {
  const given = loadRunFile(name)
  const changed =
    typeof given === 'object' && given !== null && flags.strategy !== undefined
      ? { ...given, strategy: readStrategy(flags.strategy) }
      : given
  const { file, strategy } = checkRunFile(changed, name)
  const report = await rehearse(
    {
      file,
      fileName: name,
      promise: strategy.promise,
      workers: wholeNumber('--workers', flags.workers, 1, 64),
      rounds:
        flags.rounds === undefined ? (file.end.rounds ?? 100) : wholeNumber('--rounds', flags.rounds, 1, 1_000_000),
      seed: flags.seed === undefined ? file.seed : wholeNumber('--seed', flags.seed, 0, 2 ** 31 - 1),
      faults: flags.fault.map(readFaultSpec),
      withReference: flags.reference,
      dataFolder: readSettings(flags, process.env).dataFolder,
    },
    line => console.error(line),
  )
  console.log(flags.json ? JSON.stringify(report) : describe(report))
}

function describe(report: RehearsalReport): string {
  const refused = Object.entries(report.resultsRefused).map(([code, count]) => `${code} ${count}`)
  const isCoded = !outlivesRounds(report.promise)
  return [
    '',
    `${report.rounds} rounds of ${report.strategy} with ${report.workers} workers, seed ${report.seed}`,
    `  test loss          ${figure(report.testLoss, value => value.toFixed(4))}`,
    `  test accuracy      ${figure(report.testAccuracy, value => `${(100 * value).toFixed(2)} %`)}`,
    `  a round            median ${report.medianRoundMs.toFixed(0)} ms, longest ${report.longestRoundMs.toFixed(0)} ms (lease ${report.leaseMs} ms)`,
    ...(isCoded
      ? describeCoded(report)
      : report.promise === 'mean-of-peers'
        ? []
        : [`  stragglers         ${meanOf(report.stragglers)} a round`]),
    ...(report.promise === 'mean-of-peers' ? describePeers(report) : []),
    `  refused            ${refused.length === 0 ? 'nothing' : refused.join(', ')}`,
    ...furtherFigures(report).map(([key, values]) => `  ${key.padEnd(18)} ${describeFigure(values)}`),
    ...describeWorkers(report.workerFigures ?? []),
  ].join('\n')
}

const figure = (value: number | null, text: (value: number) => string): string =>
  value === null ? 'not measured' : text(value)

const meanOf = (values: readonly number[]): string =>
  (values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)).toFixed(2)

/** Of rounds that are sums of partition gradients. */
const describeCoded = (report: RehearsalReport): string[] => [
  `  decoded sums       ${figure(report.decodeErrorMax, value => `off by at most ${value.toExponential(1)} in ${report.decodeErrorsChecked} rounds checked`)}`,
  `  against one process ${figure(report.referenceError, value => `parameters differ by ${value.toExponential(1)}`)}`,
  `  stragglers         ${meanOf(report.stragglers)} a round; redundancy ${meanOf(report.redundancy)}; ${meanOf(report.reissued)} partitions issued again`,
  `  computed           ${report.loadMean.toFixed(2)} times what is needed`,
]

/** What is not said in words already. */
const furtherFigures = ({ promise, figures }: RehearsalReport) =>
  Object.entries(figures).filter(([key]) => promise !== 'mean-of-peers' || furtherOfPeers.includes(key))
const furtherOfPeers = ['iterations', 'backups']

/** Of a run without a centre. */
const describePeers = (report: RehearsalReport): string[] => [
  `  an iteration       ${figure(report.iterationMeanMs ?? null, ms => `${ms.toFixed(1)} ms in the mean`)}, ${figure(report.iterationMedianMs ?? null, ms => `${ms.toFixed(1)} ms in the median round`)}`,
  `  links skipped      ${figure(report.linksSkippedShare ?? null, share => `${(100 * share).toFixed(1)} %`)}`,
  `  edges              ${report.directEdges} direct, ${report.relayedEdges} relayed`,
  `  consensus distance ${figure(report.consensusDistance ?? null, value => value.toPrecision(3))}`,
  `  torn iterations    ${report.tornIterations}; unbalanced ${report.unbalancedIterations}`,
]

/** What the strategy told of single workers, over all of them. */
function describeWorkers(rounds: NonNullable<RehearsalReport['workerFigures']>): string[] {
  const told = rounds.flatMap(Object.values)
  const keys = [...new Set(told.flatMap(Object.keys))]
  if (keys.length === 0) return []
  const line = (key: string) => `  ${key.padEnd(18)} ${describeFigure(told.map(figures => figures[key] ?? null))}`
  return ['  of single workers:', ...keys.map(line)]
}

/** A strategy's own figure over the rounds in which it was told. */
function describeFigure(values: readonly (number | null)[]): string {
  const told = values.filter(value => value !== null)
  const mean = told.reduce((sum, value) => sum + value, 0) / Math.max(1, told.length)
  const short = (value: number) => Number(value.toPrecision(4))
  return `${short(mean)} on average, ${short(Math.min(...told))} to ${short(Math.max(...told))}, ${short(told.at(-1)!)} at last`
}
