// Ways to choose the redundancy of the next round, to be judged beside the product's own.

import type { History, RedundancyRule } from '@muster/strategies'

/** s = the stragglers seen in the last round; groups of s + 1. */
export const asLastRound: RedundancyRule = history => 1 + (history.at(-1)?.stragglers.length ?? 0)

/** s = an exponential average of the stragglers seen. */
export const byAverage: RedundancyRule = (history: History) => {
  const average = history.reduce((mean, { stragglers }) => 0.7 * mean + 0.3 * stragglers.length, 0)
  return 1 + Math.round(average)
}
