// The experiments by name: lists them, runs one, writes its files. Bundled and started by scripts/experiment.mjs.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { experiments } from './all.ts'
import { startThreads } from './spread.ts'

const options = {
  quick: { type: 'boolean' },
  data: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const help = () =>
  [
    'npm run experiment -- NAME [--quick] [--seed NUMBER] [--data FILE.json]',
    '',
    ...experiments.map(({ name, question }) => `  ${name.padEnd(16)} ${question}`),
    '',
    '  --quick   fewer rounds, written below dist/quick: to see whether it works, not to quote',
    '  --seed    every draw follows from it; 1 unless told',
    '  --data    comparison: what `npx muster compare --json` found, to be summed up as well;',
    '            all others: its own rows of the same setting, so that only what is missing is played',
  ].join('\n')

function fail(message: string): void {
  console.error(`${message}\n\n${help()}`)
  process.exitCode = 1
}

export async function main(root: string): Promise<void> {
  try {
    await runExperiment(root)
  } catch (error) {
    // Mistyped flags, files that are not there or no JSON: the only mistakes of whoever types.
    if (!(error instanceof Error && ('code' in error || error instanceof SyntaxError))) throw error
    fail(error.message)
  }
}

async function runExperiment(root: string): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const [name, ...others] = positionals
  if (values.help || name === undefined) return console.log(help())
  const experiment = experiments.find(known => known.name === name)
  if (!experiment) return fail(`There is no experiment "${name}".`)
  if (others.length > 0) return fail(`One experiment at a time, not "${positionals.join(' ')}".`)
  const seed = Number(values.seed ?? 1)
  if (!Number.isInteger(seed)) return fail(`"--seed" is "${values.seed}"; allowed: a whole number.`)
  const isQuick = values.quick ?? false
  const data = values.data === undefined ? undefined : (JSON.parse(readFileSync(values.data, 'utf8')) as unknown)
  const startedAt = Date.now()
  const say = (line: string) => console.error(`${Math.round((Date.now() - startedAt) / 1000)} s  ${line}`)
  const threads = startThreads(new URL('task-thread.mjs', import.meta.url), say)
  try {
    const folder = path.join(root, isQuick ? 'dist/quick' : '.')
    const keep = (file: string, content: string) =>
      void writeBelow(isQuick ? folder : path.join(root, 'dist'), file, content)
    const files = await experiment.run({ isQuick, seed, data, say, spread: threads.spread, keep })
    for (const [file, content] of files) {
      const target = writeBelow(folder, file, content)
      say(`wrote ${path.relative(root, target)}`)
    }
  } finally {
    await threads.end()
  }
}

function writeBelow(folder: string, file: string, content: string): string {
  const target = path.join(folder, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, content)
  return target
}
