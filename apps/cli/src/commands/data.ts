import { addDataset, type DatasetManifest, findDataset, OperatorError, readSettings } from '@muster/coordinator'
import { loadMnist } from '@muster/datasets'
import { createSqliteStorage } from '@muster/storage'
import type { Command } from 'commander'
import { downloadMnist } from '../mnist-mirror.ts'

export function addDataCommands(program: Command): void {
  const data = program.command('data').description('data sets that runs may name')
  data
    .command('add')
    .description('check a data set and store it')
    .argument('<NAME>', 'mnist')
    .option(
      '--from <folder>',
      'folder that holds its files; without it they are downloaded and their checksums verified',
    )
    .option('--data <folder>', 'data folder (default ./data)')
    .action(add)
  data
    .command('list')
    .description('data sets that are stored')
    .option('--data <folder>', 'data folder (default ./data)')
    .option('--json', 'as JSON')
    .action(list)
}

async function add(name: string, flags: { from?: string; data?: string }): Promise<void> {
  if (name === 'digits') throw new OperatorError('"digits" is made on the spot; it needs not be added.')
  if (name !== 'mnist') throw new OperatorError(`"${name}" is not a data set that is known here; allowed: mnist.`)
  const dataset = await loadMnist(flags.from ?? (await downloadMnist(console.log))).catch((error: Error) => {
    throw new OperatorError(`${error.message}\nNothing was stored.`)
  })
  const storage = createSqliteStorage(readSettings(flags, process.env).dataFolder)
  try {
    console.log(describe(name, addDataset(storage, dataset)))
  } finally {
    storage.close()
  }
}

function list(flags: { data?: string; json?: boolean }): void {
  const storage = createSqliteStorage(readSettings(flags, process.env).dataFolder)
  try {
    findDataset(storage, 'digits')
    const stored = storage.datasets.list()
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
  `${name}: ${title}; ${inputShape.join(' × ')} bytes a sample, ${classes} classes, ${trainingSamples} training and ${testSamples} test samples`
