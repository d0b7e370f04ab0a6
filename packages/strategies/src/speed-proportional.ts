// Uncoded, shares by measured speed: everybody is to end together. A share later than so many times its prediction is
// issued again.

import { blockRounds } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { speedsOf } from './fleet.ts'
import { laneOf, shareOut } from './share-out.ts'

export const speedProportional = exactStrategy(
  blockRounds({
    name: 'speed-proportional',
    meaning: 'No redundancy; shares follow measured speeds, a share far behind its prediction is issued again.',
    settings: [
      {
        name: 'patience',
        meaning: 'How much longer than the usual lateness (twice the prediction) a share is waited for.',
        default: 1,
        min: 0.5,
        max: 20,
      },
    ],
    group(members, { settings, fleet }) {
      const speed = speedsOf(fleet)
      const sizes = shareOut(
        settings.partitions,
        members.map(member => laneOf(speed(member))),
      )
      return members.map((member, i) => ({ members: [member], size: sizes[i]! })).filter(({ size }) => size > 0)
    },
    overdueAt:
      ({ settings }) =>
      lease =>
        lease.assignedAt + Number(settings.own.patience) * (lease.lateAt - lease.assignedAt),
  }),
)
