// Wait for all: every worker an equal share, no redundancy. The plain baseline. Work of a worker that is gone, or
// silent for a whole lease, is issued again: a baseline may be slow, it may not stand still.

import { blockRounds } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { evenShares } from './share-out.ts'

export const fullSynchrony = exactStrategy(
  blockRounds({
    name: 'full-synchrony',
    meaning: 'Equal shares, wait for all; only work of a tab that is gone or silent is issued again.',
    settings: [],
    group(members, { settings }) {
      const sizes = evenShares(settings.partitions, members.length)
      return members.map((member, i) => ({ members: [member], size: sizes[i]! })).filter(({ size }) => size > 0)
    },
    overdueAt: (lease, settings) => lease.heardAt + settings.leaseMs,
  }),
)
