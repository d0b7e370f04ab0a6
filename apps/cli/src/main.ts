// The `muster` command: reads the command line, hands over, turns an operator's mistake into a sentence.

import { OperatorError } from '@muster/coordinator'
import { StorageError } from '@muster/storage'
import { Command } from 'commander'
import { addCompareCommand } from './commands/compare.ts'
import { addDataCommands } from './commands/data.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addExportCommand } from './commands/export.ts'
import { addReferenceCommand } from './commands/reference.ts'
import { addRehearseCommand } from './commands/rehearse.ts'
import { addSimulateCommand } from './commands/simulate.ts'
import { addStartCommand } from './commands/start.ts'
import { addWorkerCommand } from './commands/worker.ts'

const program = new Command('muster')
  .description('Train one model in many browser tabs, exactly, whoever answers.')
  .version('0.1.0')
  .showHelpAfterError('(--help says what is known)')

for (const add of [
  addStartCommand,
  addWorkerCommand,
  addRehearseCommand,
  addSimulateCommand,
  addCompareCommand,
  addReferenceCommand,
  addDataCommands,
  addExplainCommand,
  addExportCommand,
])
  add(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof OperatorError || error instanceof StorageError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
