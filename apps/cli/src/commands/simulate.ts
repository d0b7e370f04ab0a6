import { OperatorError } from '@muster/coordinator'
import { measure, worldDescriptions } from '@muster/simulator'
import { strategies } from '@muster/strategies'
import type { Command } from 'commander'
import { simulationThread } from '../built-parts.ts'
import { interruptible } from '../interruptible.ts'
import { createProgress } from '../progress.ts'
import { describeMeasurement, measurementJson } from '../simulation/describe-measurement.ts'
import { fuzz } from '../simulation/fuzz.ts'
import { readFuzzSettings, readMeasureSettings, type SimulateFlags, usual } from '../simulation/settings.ts'
import { replayLine, type StormFailure, type StormTask } from '../simulation/weather.ts'
import { explainSettings } from '../strategy-argument.ts'
import { runTasks } from '../task-pool.ts'

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('one strategy in one simulated world, in figures; or many fault seeds')
    .option('--strategy <name>', `with settings if need be: fractional-repetition:s=2 (default ${usual.strategy})`)
    .option('--world <name>', `with parameters if need be: bimodal-slow:p=0.3,f=10 (default ${usual.world})`)
    .option('--workers <number>', `n (default ${usual.workers})`)
    .option('--fixed-cost <units>', 'what messages, download and upload cost a round (default 1)')
    .option('--vanish <probability>', 'chance that a tab vanishes, per tab and round (default 0)')
    .option('--lose <percent>', 'answers lost on the way: 33, or 33x8 for bursts of 8 in the mean (default 0)')
    .option('--rounds <number>', `rounds that are scored (default ${usual.rounds})`)
    .option('--seed <number>', `everything is drawn from it (default ${usual.seed})`)
    .option('--trace <file>', 'recorded times or sessions, for the world "trace"')
    .option('--partitions <number>', 'k (default 16 for each worker, at most 2048)')
    .option('--warm-up <rounds>', 'rounds to learn in before figures are taken (default 10)')
    .option('--equal-speeds', 'all workers are equally fast')
    .option('--churn <units>', 'median length of a stay (default: nobody leaves by the clock)')
    .option('--server-capacity <vectors>', 'vectors a unit the coordinator can take in (default: no limit)')
    .option('--tile-cost <units>', 'of each tile that is sent (default: 0)')
    .option('--partition-cost <units>', 'of each partition that is computed, beside computing it (default: 0)')
    .option('--fetch-cost <units>', 'of 1/n of the data, when a tab first works on them (default: 0)')
    .option('--detection <units>', 'after how much silence a tab is known to be gone')
    .option('--unit-seconds <seconds>', 'how many seconds of recorded sessions are one unit (default 2)')
    .option('--fuzz <number>', 'so many fault seeds over all strategies or the one named, judged by checkers')
    .option('--json', 'one JSON object')
    .addHelpText('after', listWorldsAndStrategies)
    .action((flags: SimulateFlags) => (flags.fuzz === undefined ? simulateOne(flags) : simulateStorms(flags)))
}

export function listWorldsAndStrategies(): string {
  const worlds = worldDescriptions.flatMap(({ name, meaning, parameters }) => [
    `  ${name}: ${meaning}`,
    ...Object.entries(parameters).map(
      ([key, { meaning: what, default: value, min, max }]) =>
        `      ${key} = ${Number(value.toFixed(4))}   ${what} (${min} to ${max})`,
    ),
  ])
  const policies = strategies.flatMap(({ name, meaning, settings }) => [
    `  ${name}: ${meaning}`,
    ...explainSettings(settings, {}, '      '),
  ])
  return ['', 'Worlds:', ...worlds, '', 'Strategies:', ...policies].join('\n')
}

function simulateOne(flags: SimulateFlags): void {
  const settings = readMeasureSettings(flags)
  const total = settings.rounds + (settings.warmUp ?? 0)
  // Only on a terminal: who reads a file wants figures.
  const progress = process.stderr.isTTY ? createProgress(process.stderr, () => performance.now()) : null
  const measurement = measure({
    ...settings,
    onRound: done => progress?.reached(done / total, `${done} of ${total} rounds`),
  })
  progress?.end()
  console.log(flags.json ? JSON.stringify(measurementJson(measurement), null, 2) : describeMeasurement(measurement))
  const { unfinished, violations, world } = measurement
  if (unfinished !== null) {
    process.exitCode = 1
    console.error(`The run did not come to its end in the world ${world}: ${unfinished}.`)
  }
  const others = violations.filter(violation => violation !== `I6: ${unfinished}`)
  if (others.length > 0) {
    process.exitCode = 1
    console.error(['The checkers found fault:', ...others.map(violation => `  ${violation}`)].join('\n'))
  }
}

async function simulateStorms(flags: SimulateFlags): Promise<void> {
  const settings = readFuzzSettings(flags)
  const progress = createProgress(process.stderr, () => performance.now())
  await interruptible('Interrupted before all seeds were played.', async signal => {
    const report = await fuzz(
      settings,
      (tasks, onDone) =>
        runTasks<StormTask, readonly StormFailure[]>({ thread: simulationThread, tasks, onDone, signal }),
      {
        failure(failure) {
          progress.end()
          if (!flags.json) console.log(replayLine(failure))
        },
        done: seeds => progress.reached(seeds / settings.seeds, `${seeds} of ${settings.seeds} seeds`),
      },
    ).finally(() => progress.end())
    const { failures, seeds, storms } = report
    if (flags.json) console.log(JSON.stringify(report, null, 2))
    else if (failures.length === 0) console.log(`${seeds} fault seeds, ${storms} runs: the checkers found no fault.`)
    if (failures.length > 0) throw new OperatorError(`${failures.length} of ${storms} runs failed.`)
  })
}
