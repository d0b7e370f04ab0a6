// What `simulate` is to do, read from its flags and checked before anything runs.

import { OperatorError } from '@muster/coordinator'
import type { Losses } from '@muster/numerics'
import { createWorld, defaultWarmUp, type MeasureSettings, partitionsFor } from '@muster/simulator'
import { strategies } from '@muster/strategies'
import { checkedLosses } from '../checked-losses.ts'
import { wholeNumber } from '../commands/worker.ts'
import { readStrategy } from '../strategy-argument.ts'
import { loadTrace } from '../trace-argument.ts'
import type { FuzzSettings } from './fuzz.ts'

export interface SimulateFlags {
  readonly strategy?: string
  readonly world?: string
  readonly workers?: string
  readonly fixedCost?: string
  readonly vanish?: string
  readonly lose?: string
  readonly rounds?: string
  readonly seed?: string
  readonly trace?: string
  readonly partitions?: string
  readonly warmUp?: string
  readonly equalSpeeds?: boolean
  readonly churn?: string
  readonly serverCapacity?: string
  readonly tileCost?: string
  readonly partitionCost?: string
  readonly fetchCost?: string
  readonly detection?: string
  readonly unitSeconds?: string
  readonly fuzz?: string
  readonly json?: boolean
}

export const usual = { strategy: 'tiled', world: 'jitter', workers: 16, rounds: 200, seed: 1 }

/** @throws OperatorError that names the flag or setting, its value and what is allowed. */
export function readMeasureSettings(flags: SimulateFlags): MeasureSettings {
  const workers = whole('--workers', flags.workers, usual.workers, 1, 4096)
  const rounds = whole('--rounds', flags.rounds, usual.rounds, 1, 1_000_000)
  const warmUp = whole('--warm-up', flags.warmUp, defaultWarmUp, 0, 1_000_000)
  const strategy = readStrategy(flags.strategy ?? usual.strategy)
  const settings: MeasureSettings = {
    strategy,
    world: flags.world ?? (flags.trace === undefined ? usual.world : 'trace'),
    workers,
    partitions: whole('--partitions', flags.partitions, partitionsFor(workers, strategy), 1, 1_000_000),
    rounds,
    warmUp,
    seed: readSeed(flags),
    fixedCost: number('--fixed-cost', flags.fixedCost),
    vanish: number('--vanish', flags.vanish),
    losses: readLosses(flags.lose),
    equalSpeeds: flags.equalSpeeds,
    churn: number('--churn', flags.churn),
    serverCapacity: number('--server-capacity', flags.serverCapacity),
    perTile: number('--tile-cost', flags.tileCost),
    perPartition: number('--partition-cost', flags.partitionCost),
    perShareFetched: number('--fetch-cost', flags.fetchCost),
    detection: number('--detection', flags.detection),
    unitSeconds: number('--unit-seconds', flags.unitSeconds),
  }
  const isTraced = settings.world === 'trace'
  if (isTraced && flags.trace === undefined)
    throw new OperatorError('The world "trace" plays a recorded trace; name its file with --trace FILE.')
  if (!isTraced && flags.trace !== undefined)
    throw new OperatorError(`--trace is given and --world is "${settings.world}"; only --world trace plays a trace.`)
  const complete = flags.trace === undefined ? settings : { ...settings, trace: loadTrace(flags.trace) }
  checkWorld(complete, rounds + warmUp)
  return complete
}

/** PERCENT, or PERCENTxBURST. */
function readLosses(text: string | undefined): Losses | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?)(?:x(\d+(?:\.\d+)?))?$/.exec(text)
  if (!match) throw new OperatorError(`--lose is "${text}"; allowed: PERCENT or PERCENTxBURST, as 33 or 33x8.`)
  const losses = { share: Number(match[1]) / 100, ...(match[2] === undefined ? {} : { burst: Number(match[2]) }) }
  return checkedLosses(`--lose is "${text}"`, losses)
}

/** A world says itself what it allows; what it throws later than here would be no mistake of the operator. */
function checkWorld(settings: MeasureSettings, rounds: number): void {
  try {
    createWorld({ ...settings, partitions: settings.partitions!, rounds })
  } catch (error) {
    if (error instanceof RangeError) throw new OperatorError(error.message)
    throw error
  }
}

/** A storm draws everything but the strategy from its seed. */
const fuzzFlags = ['fuzz', 'strategy', 'seed', 'json']

export function readFuzzSettings(flags: SimulateFlags): FuzzSettings {
  const others = Object.keys(flags).filter(key => !fuzzFlags.includes(key))
  if (others.length > 0) {
    const names = others.map(key => `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`)
    throw new OperatorError(`--fuzz draws its own worlds; leave out ${names.join(', ')}.`)
  }
  return {
    seeds: whole('--fuzz', flags.fuzz, 1, 1, 10_000_000),
    firstSeed: readSeed(flags),
    strategies: flags.strategy === undefined ? strategies.map(({ name }) => name) : [readStrategy(flags.strategy)],
  }
}

export const readSeed = ({ seed }: { readonly seed?: string }): number =>
  whole('--seed', seed, usual.seed, 0, 2 ** 31 - 1)

const whole = (flag: string, text: string | undefined, otherwise: number, min: number, max: number): number =>
  text === undefined ? otherwise : wholeNumber(flag, text, min, max)

function number(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new OperatorError(`${flag} is "${text}"; allowed: a number.`)
  return value
}
