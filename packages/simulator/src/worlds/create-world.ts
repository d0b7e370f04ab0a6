// A world by its name: `bimodal-slow:p=0.3,f=10`. Everything in it is a function of the seed.

import { randomStream } from '@muster/numerics'
import { drawnPopulation } from './drawn-population.ts'
import { latestPaces } from './latest-paces.ts'
import { type Population, persistentTimes, staysOf } from './population.ts'
import type { ParsedTrace } from './read-trace.ts'
import { measuredPopulation, sessionPopulation } from './traced-populations.ts'
import type { World } from './world.ts'
import { commonParameters, drawnKinds } from './world-kinds.ts'
import { completeParameters, type ParameterDescription, splitWorld, writeWorld } from './world-parameters.ts'

export interface WorldSettings {
  /** Name and parameters: `bimodal-slow:p=0.3,f=10`. */
  readonly world: string
  /** n. */
  readonly workers: number
  /** k. */
  readonly partitions: number
  /** R. */
  readonly rounds: number
  readonly seed: number
  /** c in units; 1 unless told. */
  readonly fixedCost?: number | undefined
  /** Chance that a tab vanishes, per tab and round; 0 unless told. */
  readonly vanish?: number | undefined
  /** Everybody takes n units for the batch. */
  readonly equalSpeeds?: boolean | undefined
  /** Median length of a stay in units; absent: nobody leaves by the clock. */
  readonly churn?: number | undefined
  /** Vectors a unit; without limit unless told. */
  readonly serverCapacity?: number | undefined
  /** Of a tile, of a partition's dispatch, of 1/n of the batch's data that is fetched for the first time: units; 0 unless told. */
  readonly perTile?: number | undefined
  readonly perPartition?: number | undefined
  readonly perShareFetched?: number | undefined
  /** In units; by default a control message and two heart-beats. */
  readonly detection?: number | undefined
  /** What the world `trace` plays; the others do not look at it. */
  readonly trace?: ParsedTrace | undefined
  /** How many seconds of recorded sessions are one unit; 2 unless told. */
  readonly unitSeconds?: number | undefined
}

export interface WorldDescription {
  readonly name: string
  readonly meaning: string
  readonly parameters: Readonly<Record<string, ParameterDescription>>
}

/** Every world with its parameters, as help lists them. */
export const worldDescriptions: readonly WorldDescription[] = [
  ...Object.entries(drawnKinds).map(([name, { meaning, parameters, jitter }]) => ({
    name,
    meaning,
    parameters: { ...parameters, ...commonParameters(jitter) },
  })),
  { name: 'trace', meaning: 'Times or sessions that were recorded of real workers, from a file.', parameters: {} },
]

export const worldNames: readonly string[] = worldDescriptions.map(({ name }) => name)

/** @throws RangeError that names the setting or parameter, its value and what is allowed. */
export function createWorld(settings: WorldSettings): World {
  checkSettings(settings)
  const { workers, seed, fixedCost = 1, vanish = 0, serverCapacity = Number.POSITIVE_INFINITY } = settings
  const { perTile = 0, perPartition = 0, perShareFetched = 0 } = settings
  const { detection = 0.05 * fixedCost + 2 * 0.008 * (fixedCost + 1) } = settings
  const { name, population } = populate(settings)
  const paceOf = latestPaces(workers, population.pace)
  return {
    name,
    workers,
    costs: { fixedCost, detection, serverCapacity, ...besides({ perTile, perPartition, perShareFetched }) },
    computeTime: (tab, round, load) => paceOf(tab, round)(load),
    claim: population.claim,
    vanishes(seat, round) {
      if (vanish === 0) return null
      const draw = randomStream(seed, 'vanish', seat, round)
      return draw.uniform() < vanish ? draw.uniform() : null
    },
    stay: population.stay,
  }
}

/** Those that cost anything. */
const besides = (costs: Readonly<Record<'perTile' | 'perPartition' | 'perShareFetched', number>>) =>
  Object.fromEntries(Object.entries(costs).filter(([, units]) => units > 0))

function populate(settings: WorldSettings): { readonly name: string; readonly population: Population } {
  const { world, workers, partitions, rounds, seed, equalSpeeds = false, churn } = settings
  const { name, given } = splitWorld(world)
  const description = worldDescriptions.find(known => known.name === name)
  if (!description) {
    const names = worldNames.map(known => JSON.stringify(known)).join(', ')
    throw new RangeError(`"world" is ${JSON.stringify(name)}; allowed: ${names}.`)
  }
  const values = completeParameters(name, given, description.parameters)
  const setting = { seed, partitions, rounds }
  const kind = Object.hasOwn(drawnKinds, name) ? drawnKinds[name] : undefined
  if (!kind) return { name, population: populateFromTrace(settings) }
  const batchTime = equalSpeeds ? () => workers : persistentTimes(seed, workers)
  const devices = { batchTime, usual: workers, stay: staysOf(seed, churn) }
  return { name: writeWorld(name, given, kind.parameters), population: drawnPopulation(kind, values, setting, devices) }
}

function populateFromTrace(settings: WorldSettings): Population {
  const { trace, workers, partitions, rounds, seed, equalSpeeds = false, churn, unitSeconds = 2 } = settings
  if (!trace) throw new RangeError('"trace" is missing; the world "trace" plays a recorded one.')
  if (trace.layout === 'measured-times') {
    if (equalSpeeds) throw new RangeError('"equalSpeeds" is true; allowed: false, for the trace has its own speeds.')
    return measuredPopulation(trace, workers, seed, staysOf(seed, churn))
  }
  if (churn !== undefined) throw new RangeError(`"churn" is ${churn}; allowed: none, for the trace has its own stays.`)
  return sessionPopulation(trace, workers, unitSeconds, equalSpeeds, { seed, partitions, rounds })
}

function checkSettings(settings: WorldSettings): void {
  const check = (name: keyof WorldSettings, allowed: string, isAllowed: (value: number) => boolean) => {
    const value = settings[name]
    if (value === undefined || (typeof value === 'number' && isAllowed(value))) return
    throw new RangeError(`"${name}" is ${value}; allowed: ${allowed}.`)
  }
  for (const name of ['workers', 'partitions', 'rounds'] as const) {
    check(name, 'a whole number, 1 or more', value => Number.isInteger(value) && value >= 1)
  }
  check('seed', 'a number', value => !Number.isNaN(value))
  for (const name of ['fixedCost', 'detection', 'perTile', 'perPartition', 'perShareFetched'] as const) {
    check(name, 'units, 0 or more', value => value >= 0 && Number.isFinite(value))
  }
  check('vanish', 'a number from 0 to 1', value => value >= 0 && value <= 1)
  check('churn', 'units above 0', value => value > 0 && Number.isFinite(value))
  check('serverCapacity', 'vectors a unit, above 0', value => value > 0)
  check('unitSeconds', 'seconds above 0', value => value > 0 && Number.isFinite(value))
}
