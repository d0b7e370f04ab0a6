import { accessSync, constants, writeFileSync } from 'node:fs'
import path from 'node:path'
import { OperatorError } from '@muster/coordinator'
import { cellsOf, contenders, type GridSize, matrices, type NamedTrace, type ParsedTrace } from '@muster/simulator'
import type { Command } from 'commander'
import { simulationThread } from '../built-parts.ts'
import { compare, faultsOf } from '../comparison/compare.ts'
import { describeComparison } from '../comparison/describe-comparison.ts'
import { interruptible } from '../interruptible.ts'
import { createProgress } from '../progress.ts'
import { readSeed } from '../simulation/settings.ts'
import { loadTrace } from '../trace-argument.ts'

interface CompareFlags {
  readonly matrix: string
  readonly trace: readonly string[]
  readonly only?: string
  readonly seed?: string
  readonly json?: boolean
  readonly out?: string
}

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('all strategies in many simulated worlds, each tuned in hindsight, against what nobody can beat')
    .option(
      '--matrix <size>',
      'full (most of an hour on two cores), standard (about ten minutes) or quick (under a minute)',
      'full',
    )
    .option(
      '--trace <file>',
      'recorded times or sessions, played as one more world (repeatable)',
      (file: string, all: string[]) => [...all, file],
      [],
    )
    .option('--only <names>', 'strategies to compare, with commas between them (default: all)')
    .option('--seed <number>', 'everything is drawn from it (default 1)')
    .option('--json', 'one JSON object')
    .option('--out <file>', 'where to write the JSON object')
    .action(run)
}

function readNames(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const names = text.split(',').map(name => name.trim())
  const known = contenders.map(({ name }) => name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown === undefined) return names
  throw new OperatorError(`"--only" names ${JSON.stringify(unknown)}; allowed: ${known.join(', ')}.`)
}

async function run(flags: CompareFlags): Promise<void> {
  const matrix = readMatrix(flags.matrix)
  const seed = readSeed(flags)
  const only = readNames(flags.only)
  if (flags.out !== undefined) checkFolder(flags.out)
  const traces = loadTraces(flags.trace)
  const plans = cellsOf(
    matrix,
    [...traces].map(([name, trace]) => namedTrace(name, trace)),
    seed,
  )
  const progress = createProgress(process.stderr, () => performance.now())
  await interruptible('Interrupted; nothing was written.', async signal => {
    const comparison = await compare({
      ...{ matrix, seed, plans, only, traces, signal },
      thread: simulationThread,
      onCell: (cells, share) => progress.reached(share, `${cells} of ${plans.length} cells`),
    }).finally(() => progress.end())
    const json = JSON.stringify(comparison)
    if (flags.out !== undefined) writeFileSync(flags.out, `${json}\n`)
    console.log(flags.json ? json : describeComparison(comparison, process.stdout.columns ?? 100))
    const faults = faultsOf(comparison)
    if (faults.length > 0) throw new OperatorError(['The checkers found fault:', ...faults].join('\n  '))
  })
}

export function readMatrix(text: string): GridSize {
  if (Object.hasOwn(matrices, text)) return text as GridSize
  throw new OperatorError(`--matrix is "${text}"; allowed: ${Object.keys(matrices).join(', ')}.`)
}

/** Half an hour of work is not to end at a folder that is not there. */
function checkFolder(file: string): void {
  const folder = path.dirname(path.resolve(file))
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new OperatorError(
      `--out is ${file}, but ${folder} cannot be written to (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
}

/** By the name of the file, without its folder. */
function loadTraces(files: readonly string[]): ReadonlyMap<string, ParsedTrace> {
  const traces = new Map<string, ParsedTrace>()
  for (const file of files) {
    const name = path.basename(file)
    if (traces.has(name)) throw new OperatorError(`--trace is given twice as ${name}; allowed: once each.`)
    traces.set(name, loadTrace(file))
  }
  return traces
}

const namedTrace = (name: string, trace: ParsedTrace): NamedTrace =>
  trace.layout === 'measured-times'
    ? { name, layout: trace.layout, workers: trace.workers }
    : { name, layout: trace.layout }
