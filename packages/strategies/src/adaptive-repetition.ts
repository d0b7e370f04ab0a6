// The default: a fractional repetition code whose shape is chosen anew each round. Workers are put into groups of r
// neighbours in measured speed, each group's block is sized so that all groups are predicted to end together, and r is
// what would have served best in the last rounds.

import { consecutive, groupSizes } from '@muster/gradient-codes'
import { blockRounds, type Group } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { speedsOf } from './fleet.ts'
import { chooseRedundancy, type History } from './redundancy.ts'
import { laneOf, shareOut } from './share-out.ts'
import { soonerByTheIdle } from './sooner-by-the-idle.ts'

/** Chooses r from the past. */
export type RedundancyRule = (history: History) => number

/** With another rule in the place of the replay, for those who compare them. */
export const adaptiveRepetitionBy = (choose: RedundancyRule) =>
  exactStrategy(
    blockRounds({
      name: 'adaptive-repetition',
      meaning:
        'A repetition code shaped anew each round: blocks follow measured speeds, redundancy what it would have saved lately.',
      settings: [
        { name: 'redundancyMin', meaning: 'Tabs to a block at least.', default: 1, min: 1, max: 64, whole: true },
        {
          name: 'redundancyMax',
          meaning: 'Tabs to a block at most (groups may be larger by the remainder).',
          default: 64,
          min: 1,
          max: 64,
          whole: true,
        },
      ],
      redundancy({ settings, history }) {
        const { redundancyMin, redundancyMax } = settings.own
        return Math.min(Math.max(choose(history), Number(redundancyMin)), Number(redundancyMax))
      },
      group(members, { settings, fleet }, r) {
        const speed = speedsOf(fleet)
        const cut = consecutive(members, groupSizes(members.length, r))
        // The fastest member is the first to answer, as long as it is punctual.
        const lanes = cut.map(([fastest]) => laneOf(speed(fastest!)))
        const sizes = shareOut(settings.partitions, lanes)
        const groups: Group[] = []
        cut.forEach((group, g) => {
          const size = sizes[g]!
          const last = groups.at(-1)
          // Too slow for even one partition: it repeats its neighbours' block, so that its speed goes on being known.
          if (size === 0 && last) groups[groups.length - 1] = { members: [...last.members, ...group], size: last.size }
          else if (size > 0) groups.push({ members: group, size })
        })
        return groups
      },
      overdueAt: () => lease => lease.lateAt,
      giveUp: soonerByTheIdle,
    }),
  )

export const adaptiveRepetition = adaptiveRepetitionBy(chooseRedundancy)
