import { checkRunFile, OperatorError, prepareRun, readSettings } from '@muster/coordinator'
import type { RunFile } from '@muster/protocol'
import { createSqliteStorage } from '@muster/storage'
import type { Command } from 'commander'
import { loadRunFile } from '../run-file-argument.ts'
import { createSingleProcessRun, type SingleProcessRun } from '../single-process-run.ts'
import { wholeNumber } from './worker.ts'

export function addReferenceCommand(program: Command): void {
  program
    .command('reference')
    .description('the same run in one process, no network: what coded training must equal')
    .argument('<FILE>', 'run file')
    .option('--rounds <number>', 'how many rounds (default: the run file’s)')
    .option('--data <folder>', 'data folder (default ./data)')
    .option('--json', 'one JSON object at the end')
    .action(reference)
}

async function reference(name: string, flags: { rounds?: string; data?: string; json?: boolean }): Promise<void> {
  const { file } = checkRunFile(loadRunFile(name), name)
  const rounds = flags.rounds === undefined ? file.end.rounds : wholeNumber('--rounds', flags.rounds, 1, 10_000_000)
  if (rounds === undefined) throw new OperatorError('The run file names no "end.rounds"; say how many with --rounds.')
  const single = await openSingleProcessRun(file, name, readSettings(flags, process.env).dataFolder)
  let model = single.start()
  const startedAt = performance.now()
  let loss = Number.NaN
  for (let round = 0; round < rounds; round++) {
    const next = await single.advance(model, round, file.optimiser.learningRate)
    model = next
    loss = next.loss
    if (!Number.isFinite(loss)) throw new OperatorError(diverged(round))
    if (!flags.json && (round + 1) % file.evaluateEvery === 0) {
      const { accuracy } = await single.evaluate(model.parameters)
      console.log(`round ${round + 1}   loss ${loss.toFixed(4)}   test accuracy ${(100 * accuracy).toFixed(2)} %`)
    }
  }
  const { loss: testLoss, accuracy: testAccuracy } = await single.evaluate(model.parameters)
  const seconds = (performance.now() - startedAt) / 1000
  if (flags.json) console.log(JSON.stringify({ rounds, loss, testLoss, testAccuracy, seconds }))
  else
    console.log(
      `${rounds} rounds in ${seconds.toFixed(1)} s: loss ${loss.toFixed(4)}, test accuracy ${(100 * testAccuracy).toFixed(2)} %`,
    )
}

/** For reference and rehearsal alike. */
export const diverged = (round: number): string =>
  `The run has diverged: in round ${round} the loss is no finite number any more. Lower the learning rate, or set "clipNorm".`

/** @param name the run file's; files it names are looked for beside it. @throws OperatorError */
export async function openSingleProcessRun(file: RunFile, name: string, dataFolder: string): Promise<SingleProcessRun> {
  const storage = createSqliteStorage(dataFolder)
  try {
    return await createSingleProcessRun(prepareRun(storage, file, name))
  } finally {
    storage.close()
  }
}
