// One cell: every contender meets the same draws, tuned in hindsight, and is measured against the same limits.

import { type StrategyChoice, strategies } from '@muster/strategies'
import { type Measurement, measure, rememberedLimits } from '../measure.ts'
import type { ParsedTrace } from '../worlds/read-trace.ts'
import { candidatesOf, contendersOf, type GridSize } from './contenders.ts'
import type { CellPlan } from './matrix.ts'
import { type Ratio, rivalOf } from './rivals.ts'

type Figures = 'roundMean' | 'fluidMean' | 'genieMean' | 'hindsightMean' | 'loadMean' | 'uploadsMean' | 'bytesUpMean'

/** How a strategy did in a cell with the settings that suited it best. */
export interface Detail extends Pick<Measurement, Figures | 'undecodable' | 'rounds' | 'unfinished' | 'violations'> {
  readonly isExact: boolean
  readonly settings: Readonly<Record<string, unknown>>
  /** Null: the run did not come to its end, or some round had no survivor. */
  readonly ratioToFluid: Ratio
  /** 99th percentile of a round's time / mean fluid bound. */
  readonly p99ToFluid: Ratio
  /** All settings that were tried, with what they came to. */
  readonly tried: readonly { readonly settings: Readonly<Record<string, unknown>>; readonly ratioToFluid: Ratio }[]
}

export interface Cell extends CellPlan {
  /** By strategy, the best of its settings; null: it did not finish, which is worse than any number. */
  readonly ratios: Readonly<Record<string, Ratio>>
  /** The best exact strategy besides the default one; null: none finished. */
  readonly bestRival: string | null
  readonly bestRivalRatio: Ratio
  /** Units a round, of the best exact strategy's rounds: who survives a round depends a little on how long it takes. */
  readonly fluidMean: number | null
  readonly genieMean: number | null
  readonly hindsightMean: number | null
  readonly details: Readonly<Record<string, Detail>>
}

export const defaultStrategy = 'tiled'

const exactNames = strategies.filter(({ promise }) => promise === 'whole-gradient').map(({ name }) => name)

export function measureCell(
  plan: CellPlan,
  size: GridSize,
  trace: ParsedTrace | undefined,
  only?: readonly string[],
): Cell {
  const limits = rememberedLimits()
  const { trace: _, ...settings } = plan
  const details: Record<string, Detail> = {}
  let { world } = plan
  for (const contender of contendersOf(only)) {
    const candidates = candidatesOf(contender, plan.workers, size)
    const measured = candidates.map(strategy => ({
      strategy,
      figures: measure({
        ...settings,
        partitions: contender.partitions?.(plan.workers) ?? plan.partitions,
        strategy,
        limits,
        trace,
      }),
    }))
    if (measured.length === 0) continue
    world = measured[0]!.figures.world
    details[contender.name] = detail(contender.name, measured)
  }
  const ratios = Object.fromEntries(Object.entries(details).map(([name, { ratioToFluid }]) => [name, ratioToFluid]))
  const bestRival = rivalOf(defaultStrategy, ratios, exactNames)
  const best = rivalOf(null, ratios, exactNames)
  const { fluidMean = null, genieMean = null, hindsightMean = null } = best === null ? {} : details[best]!
  return {
    ...plan,
    world,
    ratios,
    bestRival,
    bestRivalRatio: bestRival === null ? null : ratios[bestRival]!,
    fluidMean,
    genieMean,
    hindsightMean,
    details,
  }
}

interface Tried {
  readonly strategy: StrategyChoice
  readonly figures: Measurement
}

function detail(name: string, measured: readonly Tried[]): Detail {
  const tried = measured.map(({ strategy, figures }) => ({
    settings: settingsOf(strategy),
    ratioToFluid: ratioOf(figures),
  }))
  const best = measured.reduce((one, other) => (isBelow(ratioOf(other.figures), ratioOf(one.figures)) ? other : one))
  const { roundP99, roundMean, fluidMean, genieMean, hindsightMean, loadMean, uploadsMean, bytesUpMean } = best.figures
  const { undecodable, rounds } = best.figures
  const unfinished = best.figures.unfinished ?? (isKnown(fluidMean) ? null : noSurvivor)
  return {
    isExact: exactNames.includes(name),
    settings: settingsOf(best.strategy),
    ratioToFluid: ratioOf(best.figures),
    p99ToFluid: roundP99 === null || fluidMean === null ? null : roundP99 / fluidMean,
    ...{ roundMean, fluidMean, genieMean, hindsightMean, loadMean, uploadsMean, bytesUpMean },
    ...{ undecodable, rounds, unfinished },
    // Of all that were tried: a checker's complaint does not go away with a better setting. That a run did not end is
    // said already.
    violations: measured.flatMap(({ figures }) =>
      figures.violations.filter(text => text !== `I6: ${figures.unfinished}`),
    ),
    tried,
  }
}

const settingsOf = (choice: StrategyChoice): Readonly<Record<string, unknown>> => {
  const { name: _, ...settings } = typeof choice === 'string' ? { name: choice } : choice
  return settings
}

const ratioOf = ({ unfinished, ratioToFluid, fluidMean }: Measurement): Ratio =>
  unfinished === null && isKnown(fluidMean) ? ratioToFluid : null

/** Where nobody survived some round, its limit is infinite, and a ratio to it would say nothing. */
const noSurvivor = 'nobody survived some round, so there is no limit to compare with'

const isKnown = (value: number | null): boolean => value !== null && Number.isFinite(value)

const isBelow = (one: Ratio, other: Ratio): boolean => one !== null && (other === null || one < other)
