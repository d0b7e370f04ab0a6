import { checkRunFile } from '@muster/coordinator'
import { runFileSchema } from '@muster/protocol'
import { strategies } from '@muster/strategies'
import type { Command } from 'commander'
import { loadRunFile } from '../run-file-argument.ts'

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('check a run file and say what each field means and which value holds')
    .argument('<FILE>', 'run file')
    .option('--json', 'the complete run file, defaults included, as JSON')
    .action(explain)
}

function explain(name: string, flags: { json?: boolean }): void {
  const given = loadRunFile(name)
  const { file, strategy, own } = checkRunFile(given, name)
  if (flags.json) return console.log(JSON.stringify({ ...file, strategy: { name: strategy.name, ...own } }, null, 2))
  const isGiven = (key: string) => typeof given === 'object' && given !== null && key in given
  for (const [key, schema] of Object.entries(runFileSchema.shape)) {
    const value = JSON.stringify(file[key as keyof typeof file])
    console.log(`${key}\n    ${value}${isGiven(key) ? '' : '   (default)'}\n    ${schema.description ?? ''}`)
    if (key === 'strategy') explainStrategies(strategy.name, own)
  }
  const batch = file.partitions * file.batchPerPartition
  console.log(
    `\nOne round is one update from ${batch} samples: ${file.partitions} partitions of ${file.batchPerPartition}.`,
  )
}

function explainStrategies(chosen: string, own: Readonly<Record<string, unknown>>): void {
  for (const { name, meaning, settings } of strategies) {
    console.log(`      ${name === chosen ? '*' : ' '} ${name}: ${meaning}`)
    if (name !== chosen) continue
    for (const setting of settings)
      console.log(
        `          ${setting.name} = ${own[setting.name]}   ${setting.meaning} (${setting.min} to ${setting.max})`,
      )
  }
}
