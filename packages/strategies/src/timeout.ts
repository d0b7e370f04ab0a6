// Uncoded with a time-out, as batch systems do it: equal shares, and what has not come after so many times the median
// answer is issued again.

import { type BlockPlan, blockRounds } from './block-rounds.ts'
import { exactStrategy } from './exact-round.ts'
import type { Lease, View } from './exact-state.ts'
import { evenGroups } from './share-out.ts'

export const timeout = exactStrategy(
  blockRounds({
    name: 'timeout',
    meaning: 'Equal shares; what has not come after a multiple of the median answer is issued again.',
    settings: [{ name: 'factor', meaning: 'How many times the median answer is waited.', default: 2, min: 1, max: 20 }],
    group: evenGroups,
    overdueAt(view) {
      const median = medianAnswerMs(view)
      const waitedMs = median === null ? Infinity : Number(view.settings.own.factor) * median
      return lease => lease.assignedAt + waitedMs
    },
  }),
)

/** Null while fewer than half of the opening's answers are here. */
function medianAnswerMs({ round }: View<BlockPlan>): number | null {
  const opening = round.leases.filter(lease => lease.isOpening)
  const elapsed = opening
    .flatMap((lease: Lease) => (lease.answeredAt === null ? [] : [lease.answeredAt - lease.assignedAt]))
    .sort((one, other) => one - other)
  return elapsed[Math.ceil(opening.length / 2) - 1] ?? null
}
