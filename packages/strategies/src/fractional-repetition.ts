// Fractional repetition with a fixed tolerance s (Tandon et al. 2017): equal blocks, groups of s + 1 workers.

import { consecutive, groupSizes } from '@muster/gradient-codes'
import { blockRounds } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { evenShares } from './share-out.ts'

export const fractionalRepetition = exactStrategy(
  blockRounds({
    name: 'fractional-repetition',
    meaning:
      'A fixed gradient code: groups of s + 1 tabs compute the same equal block, the first answer of each counts.',
    settings: [
      { name: 's', meaning: 'Stragglers tolerated in every group.', default: 1, min: 0, max: 63, whole: true },
    ],
    group(here, { settings }) {
      // By name, not by speed: a fixed code knows nothing of its workers.
      const named = [...here].sort((one, other) => (one.worker < other.worker ? -1 : 1))
      const groups = groupSizes(named.length, Number(settings.own.s) + 1)
      const sizes = evenShares(settings.partitions, groups.length)
      return consecutive(named, groups)
        .map((members, g) => ({ members, size: sizes[g]! }))
        .filter(({ size }) => size > 0)
    },
  }),
)
