import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { layersFiles, type OpenedRun, OperatorError, openRun, readSettings, weightsFile } from '@muster/coordinator'
import { createSqliteStorage } from '@muster/storage'
import { runId } from '@muster/vocabulary'
import { ModelError } from '@muster/workloads'
import type { Command } from 'commander'

interface ExportFlags {
  readonly as: string
  readonly to?: string
  readonly data?: string
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the model of a kept run')
    .argument('[RUN]', 'id of the run; without one, the runs are listed')
    .option('--as <format>', 'safetensors, or layers: model.json and weights.bin for TensorFlow.js', 'safetensors')
    .option('--to <path>', 'file (default RUN.safetensors), or folder for layers (default RUN)')
    .option('--data <folder>', 'data folder (default ./data)')
    .action(exportRun)
}

function exportRun(name: string | undefined, flags: ExportFlags): void {
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
    console.log(`${write(opened, flags)}: ${opened.parameters.length} parameters after ${opened.round} rounds`)
  } finally {
    storage.close()
  }
}

/** Where it was written. */
function write(opened: OpenedRun, { as, to }: ExportFlags): string {
  const { id, parameters, round } = opened
  if (as === 'safetensors') {
    const file = to ?? `${id}.safetensors`
    writeOut(file, weightsFile(opened, parameters, round))
    return file
  }
  if (as !== 'layers') throw new OperatorError(`--as is "${as}"; allowed: safetensors, layers.`)
  try {
    const files = layersFiles(opened, parameters, round)
    const folder = to ?? id
    writeOut(path.join(folder, files.weightsName), files.weights)
    writeOut(path.join(folder, 'model.json'), files.model)
    return path.join(folder, 'model.json')
  } catch (error) {
    if (error instanceof ModelError) throw new OperatorError(error.message)
    throw error
  }
}

function writeOut(file: string, content: Uint8Array): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  } catch (error) {
    throw new OperatorError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code}). Say where with --to.`,
    )
  }
}
