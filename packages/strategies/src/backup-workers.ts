// Synchronous rounds with backup workers (Chen et al. 2016): equal shares to everybody, the round closes without the
// last b. Approximate: what the last b would have sent is not counted, and the mean is taken over the rest.

import { blockRounds } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import { evenGroups } from './share-out.ts'

export const backupWorkers = exactStrategy(
  blockRounds({
    name: 'backup-workers',
    meaning: 'Equal shares; the round closes without the last b answers. Approximate: their partitions are left out.',
    settings: [{ name: 'b', meaning: 'Answers a round may close without.', default: 1, min: 0, max: 63, whole: true }],
    group: evenGroups,
    spare: (settings, blocks) => Math.min(Number(settings.own.b), blocks - 1),
  }),
)
