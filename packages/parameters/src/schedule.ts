// Learning-rate schedules: a factor of the updates made so far. It multiplies the rate in force, so what an operator
// changes in a run and what the schedule prescribes act together.
// Rounds are counted from the run's first, warm-up included: where a rate falls does not move with its warm-up.

import { integerPower } from './integer-power.ts'
import { raisedCosine } from './raised-cosine.ts'
import { atLeastZeroAtMostOne, fitting, positiveWhole } from './setting-ranges.ts'

interface WarmUp {
  /** w: the first w rounds have the factors 1/w, 2/w, …, 1 (Goyal et al. 2017, section 2.2). Default: none. */
  readonly warmUp?: number | undefined
}

export type ScheduleSpec =
  | (WarmUp & { readonly kind: 'constant' })
  /** From 1 to `floor` in half a cosine (Loshchilov and Hutter 2017, equation 5); `floor` from round `rounds` on. */
  | (WarmUp & {
      readonly kind: 'cosine'
      readonly rounds: number
      /** Default 0. */
      readonly floor?: number | undefined
    })
  /** Multiplied by `factor` in every `every`th round. */
  | (WarmUp & { readonly kind: 'steps'; readonly every: number; readonly factor: number })

/** The factor, 0 to 1, of the update that is made after `step` others. */
export type Schedule = (step: number) => number

export const scheduleKinds = ['constant', 'cosine', 'steps'] as const satisfies readonly ScheduleSpec['kind'][]

/** Without a spec: 1 for ever. @throws RangeError that names the setting and its range. */
export function createSchedule(spec: ScheduleSpec | undefined): Schedule {
  if (spec === undefined) return () => 1
  const decay = createDecay(spec)
  if (spec.warmUp === undefined) return decay
  const warmUp = positiveWhole('schedule.warmUp', spec.warmUp)
  return step => (step < warmUp ? (step + 1) / warmUp : decay(step))
}

/** What comes after the warm-up, and begins with 1 there: so a warm-up ends before the first fall. */
function createDecay(spec: ScheduleSpec): Schedule {
  const { warmUp = 0 } = spec
  switch (spec.kind) {
    case 'constant':
      return () => 1
    case 'cosine': {
      const rounds = positiveWhole('schedule.rounds', spec.rounds)
      const floor = atLeastZeroAtMostOne('schedule.floor', spec.floor ?? 0)
      fitting('schedule.warmUp', warmUp, warmUp < rounds, `below schedule.rounds (${rounds})`)
      return step => (step < rounds ? floor + (1 - floor) * raisedCosine((step - warmUp) / (rounds - warmUp)) : floor)
    }
    case 'steps': {
      const every = positiveWhole('schedule.every', spec.every)
      const factor = fitting(
        'schedule.factor',
        spec.factor,
        spec.factor > 0 && spec.factor <= 1,
        'above 0 and at most 1',
      )
      fitting('schedule.warmUp', warmUp, warmUp <= every, `at most schedule.every (${every})`)
      return step => integerPower(factor, Math.floor(step / every))
    }
    default:
      throw new RangeError(
        `optimiser.schedule.kind must be one of ${scheduleKinds.join(', ')}, not ${JSON.stringify((spec as { kind: unknown }).kind)}`,
      )
  }
}

/**
 * The rate of the update that is made after `step` others: the rate in force times the schedule's factor.
 * @throws RangeError as `createSchedule`.
 */
export const rateAt = (
  { schedule }: { readonly schedule?: ScheduleSpec | undefined },
  rateInForce: number,
  step: number,
): number => rateInForce * createSchedule(schedule)(step)
