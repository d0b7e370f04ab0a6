// Wait for all: every worker an equal share, no redundancy. The plain baseline. Work of a worker that is gone, or
// silent for a whole lease, is issued again: a baseline may be slow, it may not stand still.

import { blockRounds } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { evenGroups } from './share-out.ts'

export const fullSynchrony = exactStrategy(
  blockRounds({
    name: 'full-synchrony',
    meaning: 'Equal shares, wait for all; only work of a tab that is gone or silent is issued again.',
    settings: [],
    group: evenGroups,
  }),
)
