// One strategy in one world, in figures: how long rounds take beside what nobody can beat, what they cost in work and
// bytes. All times in units of the world; all from one seed.

import { outlivesRounds, resolveStrategy, type StrategyChoice } from '@muster/strategies'
import type { RoundNumber } from '@muster/vocabulary'
import { type SimulationSettings, simulate } from './simulate.ts'
import { type SimulatedRound, unitMs } from './stage.ts'
import { createWorld, type WorldSettings } from './worlds/create-world.ts'
import { fluidBound, genieBound, hindsightBound } from './worlds/limits.ts'
import type { Occupant, World } from './worlds/world.ts'

export interface MeasureSettings extends Omit<WorldSettings, 'partitions'> {
  readonly strategy: StrategyChoice
  /** k; see `partitionsFor`. */
  readonly partitions?: number | undefined
  /** Rounds to learn in before figures are taken. */
  readonly warmUp?: number
  readonly limits?: RoundLimits
  readonly losses?: SimulationSettings['losses']
  readonly onRound?: SimulationSettings['onRound']
}

export interface Measurement {
  readonly strategy: StrategyChoice
  readonly world: string
  readonly workers: number
  readonly partitions: number
  readonly fixedCost: number
  readonly vanish: number
  readonly rounds: number
  readonly seed: number
  /** Units a round; null where no round was finished. */
  readonly roundMean: number | null
  readonly roundP99: number | null
  /** The limits are of whole gradients: null where a round is made of some results of earlier models. */
  readonly fluidMean: number | null
  /** roundMean / fluidMean. */
  readonly ratioToFluid: number | null
  readonly genieMean: number | null
  readonly hindsightMean: number | null
  /** Rounds in which more were lost than the code stands for. */
  readonly undecodable: number
  readonly loadMean: number | null
  readonly uploadsMean: number | null
  /** For a model of `parameterCount` numbers, frames and control messages included. */
  readonly bytesUpMean: number | null
  /** What the strategy itself reports of its rounds, in the mean. */
  readonly figures: Readonly<Record<string, number>>
  /** Why the run did not come to its end; null: it did. */
  readonly unfinished: string | null
  readonly violations: readonly string[]
  /** Units, one by one, for those who draw them. */
  readonly roundTimes: readonly number[]
}

/** The demonstration's network: 784-128-10. */
export const parameterCount = 101_770
const frameBytes = 48 + 4 * parameterCount
/** A control message with its framing. */
const messageBytes = 96

export const defaultWarmUp = 10
export const partitionsFor = (workers: number, strategy?: StrategyChoice): number =>
  nameOf(strategy) === 'tiled'
    ? // It moves partitions while they are computed, and so wants them fine; as many as a run may have.
      Math.max(workers, Math.min(64 * workers, 4096))
    : Math.max(workers, Math.min(16 * workers, 2048))

const nameOf = (choice: StrategyChoice | undefined): string | undefined =>
  typeof choice === 'string' ? choice : choice?.name

export interface Limits {
  readonly fluid: number
  readonly genie: number
  readonly hindsight: number
}

export type RoundLimits = (world: World, round: RoundNumber, survivors: readonly Occupant[]) => Limits

/** Remembers each round's limits, so that rivals who meet the same draws ask for them once. */
export function rememberedLimits(): RoundLimits {
  const known = new Map<string, Limits>()
  return (world, round, survivors) => {
    const key = `${round}:${survivors.map(({ seat, generation }) => `${seat}.${generation}`).join(' ')}`
    let limits = known.get(key)
    if (limits === undefined) {
      limits = {
        fluid: fluidBound(world, round, survivors),
        genie: genieBound(world, round, survivors),
        hindsight: hindsightBound(world, round, survivors),
      }
      known.set(key, limits)
    }
    return limits
  }
}

export function measure(settings: MeasureSettings): Measurement {
  const { strategy, workers, rounds, seed, fixedCost = 1, vanish = 0, warmUp = defaultWarmUp, onRound } = settings
  const partitions = settings.partitions ?? partitionsFor(workers, strategy)
  const total = rounds + warmUp
  const world = createWorld({ ...settings, partitions, rounds: total, fixedCost })
  const simulation = simulate({ seed, strategy, world, partitions, rounds: total, onRound, losses: settings.losses })
  const scored = simulation.rounds.slice(warmUp)
  const limitsOf = settings.limits ?? rememberedLimits()
  const limits = isWhole(strategy) ? scored.map(({ round, survivors }) => limitsOf(world, round, survivors)) : []
  const roundTimes = scored.map(({ totalMs }) => totalMs / unitMs)
  const roundMean = mean(roundTimes)
  const fluidMean = mean(limits.map(({ fluid }) => fluid))
  const meanOf = (pick: (round: SimulatedRound) => number) => mean(scored.map(pick))
  return {
    strategy,
    world: world.name,
    workers,
    partitions,
    fixedCost,
    vanish,
    rounds: scored.length,
    seed,
    roundMean,
    roundP99: quantile(roundTimes, 0.99),
    fluidMean,
    ratioToFluid: roundMean === null || fluidMean === null ? null : roundMean / fluidMean,
    genieMean: mean(limits.map(({ genie }) => genie)),
    hindsightMean: mean(limits.map(({ hindsight }) => hindsight)),
    undecodable: scored.filter(({ exceeded }) => exceeded > 0).length,
    loadMean: meanOf(({ load }) => load),
    uploadsMean: meanOf(({ uploads }) => uploads),
    bytesUpMean: meanOf(({ uploads, messagesUp }) => uploads * frameBytes + messagesUp * messageBytes),
    figures: meanFigures(scored),
    unfinished: simulation.unfinished,
    violations: simulation.violations,
    roundTimes,
  }
}

/** Whether a round stands for the whole batch, exactly or about. */
function isWhole(choice: StrategyChoice): boolean {
  const resolved = resolveStrategy(choice)
  return !resolved.ok || !outlivesRounds(resolved.strategy.promise)
}

function meanFigures(rounds: readonly SimulatedRound[]): Record<string, number> {
  const keys = new Set(rounds.flatMap(({ figures }) => Object.keys(figures)))
  const told = (key: string) => rounds.flatMap(({ figures }) => figures[key] ?? [])
  return Object.fromEntries([...keys].map(key => [key, mean(told(key)) ?? 0]))
}

export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** The smallest value that so large a share of all does not exceed. */
function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null
}
