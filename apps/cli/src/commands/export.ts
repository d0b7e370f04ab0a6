import { writeFileSync } from 'node:fs'
import { OperatorError, openRun, readSettings, weightsFile } from '@muster/coordinator'
import { createSqliteStorage } from '@muster/storage'
import { runId } from '@muster/vocabulary'
import type { Command } from 'commander'

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the weights of a kept run as safetensors')
    .argument('[RUN]', 'id of the run; without one, the runs are listed')
    .option('--to <file>', 'where to (default RUN.safetensors)')
    .option('--data <folder>', 'data folder (default ./data)')
    .action(exportRun)
}

function exportRun(name: string | undefined, flags: { to?: string; data?: string }): void {
  const storage = createSqliteStorage(readSettings(flags, process.env).dataFolder)
  try {
    const runs = storage.runs.list()
    if (name === undefined) {
      for (const run of runs)
        console.log(`${run.id}   ${run.title} (${run.state}, ${(storage.rounds.last(run.id)?.round ?? -1) + 1} rounds)`)
      if (runs.length === 0) console.log('No run is kept here yet.')
      return
    }
    const run = /^[\w-]+$/.test(name) ? storage.runs.find(runId(name)) : undefined
    if (!run)
      throw new OperatorError(`No run "${name}" is kept here. Kept: ${runs.map(({ id }) => id).join(', ') || 'none'}.`)
    const opened = openRun(storage, run.file, run.id, run.createdAt)
    const { parameters, round } = opened
    const to = flags.to ?? `${run.id}.safetensors`
    writeFileSync(to, weightsFile(opened, parameters, round))
    console.log(`${to}: ${parameters.length} parameters after ${round} rounds`)
  } finally {
    storage.close()
  }
}
