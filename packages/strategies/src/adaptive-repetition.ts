// The default: a fractional repetition code whose shape is chosen anew each round. Workers are put into groups of r
// neighbours in measured speed, each group's block is sized so that all groups are predicted to end together, and r
// follows the stragglers of the last rounds.

import { consecutive, groupSizes } from '@muster/gradient-codes'
import { blockRounds, type Group } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { speedsOf } from './fleet.ts'
import { chooseRedundancy } from './redundancy.ts'
import { shareOut } from './share-out.ts'

export const adaptiveRepetition = exactStrategy(
  blockRounds({
    name: 'adaptive-repetition',
    meaning:
      'A repetition code shaped anew each round: blocks follow measured speeds, redundancy follows observed stragglers.',
    settings: [
      {
        name: 'keptShare',
        meaning: 'Share of the last 10 rounds in which every group must have kept a punctual member.',
        default: 0.8,
        min: 0,
        max: 1,
      },
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
    group(members, { settings, fleet, history }) {
      const { keptShare, redundancyMin, redundancyMax } = settings.own
      const called = chooseRedundancy(history, members.length, Number(keptShare))
      const r = Math.min(Math.max(called, Number(redundancyMin)), Number(redundancyMax))
      const speed = speedsOf(fleet)
      const cut = consecutive(members, groupSizes(members.length, r))
      // The fastest member is the first to answer, as long as it is punctual.
      const lanes = cut.map(group => ({
        startMs: speed(group[0]!).overheadMs,
        msPerPartition: speed(group[0]!).msPerPartition,
      }))
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
    overdueAt: (lease, settings) => Math.min(lease.lateAt, lease.heardAt + settings.leaseMs),
  }),
)
