import { performance } from 'node:perf_hooks'
import {
  addDataset,
  type DatasetManifest,
  findDataset,
  isPinned,
  OperatorError,
  readSettings,
} from '@muster/coordinator'
import { DatasetError, kinds, type Report, readDataset } from '@muster/datasets'
import { createSqliteStorage } from '@muster/storage'
import type { Command } from 'commander'
import { datasetJson, describeDataset, type Understood } from '../dataset/describe-dataset.ts'
import { type AddFlags, checkName, readKind, readOptions } from '../dataset/flags.ts'
import { downloadMnist } from '../mnist-mirror.ts'
import { createProgress } from '../progress.ts'

export function addDataCommands(program: Command): void {
  const data = program.command('data').description('data sets that runs may name')
  data
    .command('add')
    .description('read a data set, say what was understood, and store it')
    .argument('<NAME>', 'what runs will call it; letters, digits, "-" and "_"')
    .option('--from <path>', 'file or folder; mnist alone is downloaded without it, and its checksums verified')
    .option('--kind <kind>', `${kinds.join(', ')} (default: what lies there)`)
    .option('--target <column>', 'csv: the column with the classes, by name or number (default: the last)')
    .option('--header', 'csv: the first line names the columns (default: if it holds no number)')
    .option('--no-header', 'csv: the first line is a row')
    .option('--size <WxH>', 'images: bring all to this size, e.g. 32 or 32x24 (default: the size they share)')
    .option('--test-share <share>', 'part kept for testing, where there is none yet (default: 0.1)')
    .option('--seed <number>', 'decides by chance which samples test (default: 1)')
    .option('--data <folder>', 'data folder (default ./data)')
    .option('--json', 'what was understood, as JSON')
    .action(add)
  data
    .command('list')
    .description('data sets that are stored')
    .option('--data <folder>', 'data folder (default ./data)')
    .option('--json', 'as JSON')
    .action(list)
}

async function add(name: string, flags: AddFlags): Promise<void> {
  checkName(name)
  const understood = await understand(name, flags)
  const storage = createSqliteStorage(readSettings(flags, process.env).dataFolder)
  let isReplaced: boolean
  try {
    isReplaced = storage.datasets.get(name) !== undefined
    addDataset(storage, understood.dataset)
  } finally {
    storage.close()
  }
  if (flags.json) return console.log(JSON.stringify(datasetJson(understood), null, 2))
  console.log(`${describeDataset(understood)}\n\nStored. A run names it with "dataset": "${name}".`)
  if (isReplaced) console.log('It takes the place of the one of that name; runs that were begun with that keep it.')
}

/** Work that is shorter needs no progress. */
const shortMs = 1500

async function understand(name: string, flags: AddFlags): Promise<Understood> {
  const [kind, options] = [readKind(flags.kind), readOptions(flags)]
  const from = flags.from ?? (await download(name))
  const notes: string[] = []
  const now = () => performance.now()
  const { reached, end } = createProgress(process.stderr, now)
  const startedAt = now()
  const report: Report = {
    say: note => notes.push(note),
    reached: (share, words) => now() - startedAt > shortMs && reached(share, words),
  }
  try {
    const read = await readDataset({ name, from, kind, options }, report)
    return { ...read, notes }
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error
    throw new OperatorError([...notes, error.message, 'Nothing was stored.'].join('\n'))
  } finally {
    end()
  }
}

function download(name: string): Promise<string> {
  if (name === 'mnist') return downloadMnist(console.error)
  throw new OperatorError(`"${name}" has to come from somewhere: --from PATH. Only mnist is downloaded.`)
}

function list(flags: { data?: string; json?: boolean }): void {
  const storage = createSqliteStorage(readSettings(flags, process.env).dataFolder)
  try {
    findDataset(storage, 'digits')
    const stored = storage.datasets.list().filter(dataset => !isPinned(dataset.name))
    if (flags.json) return console.log(JSON.stringify(stored, null, 2))
    for (const { name, manifest } of stored) console.log(describe(name, manifest as DatasetManifest))
  } finally {
    storage.close()
  }
}

const describe = (
  name: string,
  { title, inputShape, classes, trainingSamples, testSamples }: DatasetManifest,
): string =>
  `${name}: ${title}; ${inputShape.join(' × ') || 'text'}; ${classes} classes; ${trainingSamples} for training, ${testSamples} for testing`
