// What is said of such a round when it closes, and what there is to show of it.

import type { Milliseconds } from '@muster/vocabulary'
import { type ArrivedResult, reportStanding } from '../standing.ts'
import type { Panel, RoundReport } from '../strategy.ts'
import type { Seat, StaleState } from './stale-state.ts'
import { perStepOf } from './stale-work.ts'

/** The histogram's last bin holds all beyond. */
export const binsMax = 64

interface RoundFigures {
  readonly k: number
  readonly stalenessMax: number
  readonly restarted: number
}

export function reportStaleRound(
  state: StaleState,
  used: readonly ArrivedResult[],
  figures: RoundFigures,
  at: Milliseconds,
): RoundReport {
  const { growth, bound } = state
  return {
    ...reportStanding(state, used, at),
    figures: {
      ...figures,
      target: growth.target,
      ...(bound === null ? {} : { bound }),
      ...(growth.lossFirst === null ? {} : { lossFirst: growth.lossFirst }),
      ...(growth.lossAverage === null ? {} : { lossAverage: growth.lossAverage }),
    },
  }
}

export const seatFigures = ({ version, applied }: StaleState, seat: Seat): Readonly<Record<string, number>> => ({
  share: applied === 0 ? 0 : seat.applied / applied,
  restarts: seat.restarts,
  ...(seat.lease === null ? {} : { staleness: version - seat.lease.version, size: perStepOf(seat.lease.work) }),
})

/** Only what a policy can show: without growth K is a setting, and without a bound nobody is restarted. */
export const panelOf = (shows: { readonly growth: boolean; readonly bound: boolean }): Panel => ({
  title: 'Staleness',
  meaning:
    'Results are applied when K of them have come, each computed on the model its worker began with. Its staleness is how many updates the model has had since.',
  figures: [
    {
      key: 'k',
      title: 'Results waited for',
      meaning: 'K in force: the target, or everybody where fewer are here.',
      unit: 'count',
    },
    ...(shows.growth
      ? ([
          { key: 'target', title: 'Target K', meaning: 'Grows as the loss falls, and never falls.', unit: 'count' },
        ] as const)
      : []),
    { key: 'stalenessMax', title: 'Largest staleness', meaning: 'Of the results applied in the round.', unit: 'count' },
    ...(shows.bound
      ? ([
          {
            key: 'bound',
            title: 'Staleness bound',
            meaning: 'Whoever reaches it is told to start anew from the new model.',
            unit: 'count',
          },
          {
            key: 'restarted',
            title: 'Restarted',
            meaning: 'Workers told to start anew at the beginning of the round.',
            unit: 'count',
          },
        ] as const)
      : []),
  ],
  histogram: {
    title: 'Staleness of what was applied',
    meaning: 'Results of the whole run, by how many updates behind they were.',
    of: 'updates behind',
    binsMax,
  },
  workers: [
    { key: 'share', title: 'Share', meaning: 'Of all results applied in the run.', unit: 'share' },
    ...(shows.bound
      ? ([
          { key: 'restarts', title: 'Restarts', meaning: 'How often it was told to start anew.', unit: 'count' },
        ] as const)
      : []),
    { key: 'staleness', title: 'Behind', meaning: 'Updates since the model it is working on.', unit: 'count' },
    {
      key: 'size',
      title: 'Work',
      meaning: 'Partitions of one of its steps; less for a worker that starves.',
      unit: 'count',
    },
  ],
  workersOverTime: [],
})
