// The benchmarks by name: lists them, runs one, prints its figures. Bundled and started by scripts/bench.mjs.

import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { adahessian } from './adahessian.ts'
import { type Benchmark, UnknownName } from './benchmark.ts'
import { calibration } from './calibration.ts'
import { live } from './live.ts'
import { simulatorSpeed } from './simulator-speed.ts'
import { stepModels } from './step/models.ts'
import { step } from './step.ts'

const benchmarks: readonly Benchmark[] = [adahessian, calibration, live, simulatorSpeed, step]

const list = () => benchmarks.map(({ name, question }) => `  ${name.padEnd(14)} ${question}`).join('\n')
const help = () =>
  [
    'npm run bench -- NAME [--json] [--quick]',
    '',
    list(),
    '',
    '  --json    one JSON object on standard output; progress goes to standard error',
    '  --quick   fewer rounds: to see whether it works, not to quote',
    '',
    'step only:',
    `  --models A,B     of ${stepModels.map(({ name: model }) => model).join(', ')}`,
    '  --backends A,B   of wasm, cpu, webgl, webgpu',
    '  --browser        also webgpu, webgl and wasm in Chromium: on a graphics card, or counts alone in software',
    '  --dawn           also webgpu in Node, if Dawn is installed: npm install --no-save webgpu@0.6.2',
  ].join('\n')

function fail(message: string): void {
  console.error(`${message}\n\n${help()}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      models: { type: 'string' },
      backends: { type: 'string' },
      browser: { type: 'boolean' },
      dawn: { type: 'boolean' },
    },
  })
  const [name, ...others] = positionals
  if (values.help || name === undefined) return console.log(help())
  const benchmark = benchmarks.find(other => other.name === name)
  if (!benchmark) return fail(`There is no benchmark "${name}".`)
  if (others.length > 0) return fail(`One benchmark at a time, not "${positionals.join(' ')}".`)
  const isQuick = values.quick ?? false
  const machine = {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    // What else ran on this machine spoils a timing.
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
  }
  const { figures, lines } = await benchmark.run({
    isQuick,
    models: values.models,
    backends: values.backends,
    withBrowser: values.browser ?? false,
    withDawn: values.dawn ?? false,
    say: line => console.error(line),
  })
  if (values.json) return console.log(JSON.stringify({ benchmark: name, isQuick, machine, ...figures }))
  const { processor, cores, node, loadBefore } = machine
  console.log(
    [
      '',
      benchmark.question,
      `${cores} × ${processor}, Node ${node}, load before: ${loadBefore}`,
      ...(isQuick ? ['--quick: not to quote'] : []),
      '',
      ...lines,
    ].join('\n'),
  )
}

try {
  await main()
} catch (error) {
  // A mistyped flag, or a name that is none.
  const isMistyped = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (!isMistyped && !(error instanceof UnknownName)) throw error
  fail(error.message)
}
