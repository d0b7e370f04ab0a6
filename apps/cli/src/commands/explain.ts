import { checkRunFile } from '@muster/coordinator'
import { type Explanation, explainRunFile, type RunFile } from '@muster/protocol'
import { type RoundPromise, strategies } from '@muster/strategies'
import type { Command } from 'commander'
import { loadRunFile } from '../run-file-argument.ts'
import { explainSettings } from '../strategy-argument.ts'

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
  for (const { field, value, meaning, fields } of explainRunFile(file)) {
    console.log(`${field}\n    ${shorten(value)}${isGiven(field) ? '' : '   (default)'}\n    ${meaning}`)
    if (field === 'strategy') explainStrategies(strategy.name, own)
    else explainWithin(fields, '      ')
  }
  console.log(`\n${roundOf(strategy.promise, file)}`)
}

function roundOf(promise: RoundPromise, { partitions, batchPerPartition }: RunFile): string {
  const batch = `${partitions * batchPerPartition} samples: ${partitions} partitions of ${batchPerPartition}`
  switch (promise) {
    case 'whole-gradient':
      return `One round is one update from ${batch}.`
    case 'counted-gradients':
      return `One round is one update from some of ${batch}.`
    case 'bounded-staleness':
      return `One round is one update from some tabs’ results, each of its own part of ${batch}.`
    case 'elastic-exchange':
      return [
        'One round is one exchange between one tab’s own model and the run’s. Of the optimiser only the rate and its',
        `schedule count: tabs step by the strategy’s. They learn from ${batch}, a step each of one partition or more.`,
      ].join('\n')
    case 'mean-of-peers':
      return [
        'One round is the mean of all tabs’ estimates after the same iteration, every so many iterations ("every"); nobody',
        `waits for it. In an iteration a tab steps along its own share of ${batch}.`,
      ].join('\n')
  }
}

function explainWithin(fields: readonly Explanation[], margin: string): void {
  for (const { field, value, meaning, fields: inner } of fields) {
    if (meaning !== '') console.log(`${margin}${field} = ${shorten(value)}   ${meaning}`)
    explainWithin(inner, `${margin}  `)
  }
}

/** The layers of a large model would fill the screen. */
function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'off'
  return text.length <= 400 ? text : `${text.slice(0, 400)} …`
}

function explainStrategies(chosen: string, own: Readonly<Record<string, unknown>>): void {
  for (const { name, meaning, settings } of strategies) {
    console.log(`      ${name === chosen ? '*' : ' '} ${name}: ${meaning}`)
    if (name !== chosen) continue
    for (const line of explainSettings(settings, own, '          ')) console.log(line)
  }
}
