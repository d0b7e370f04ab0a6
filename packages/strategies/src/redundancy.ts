// How much redundancy recent stragglers call for: replay the last rounds under every group size r.

import { consecutive, groupSizes } from '@muster/gradient-codes'
import type { RoundNumber, WorkerId } from '@muster/vocabulary'

/** Who took part in a round, fastest first as then believed, and who of them straggled. */
export interface PastRound {
  readonly round: RoundNumber
  readonly workers: readonly WorkerId[]
  readonly stragglers: readonly WorkerId[]
}

export type History = readonly PastRound[]

/** How many rounds back stragglers count. */
export const historyRounds = 10

/** Did every group of r neighbours in speed keep a punctual member? */
export function wasKept({ workers, stragglers }: PastRound, r: number): boolean {
  const groups = consecutive(workers, groupSizes(workers.length, r))
  return groups.every(group => group.some(worker => !stragglers.includes(worker)))
}

/**
 * The smallest r under which at least `share` of the last `historyRounds` rounds kept a punctual member in every
 * group; rounds that have not been yet count as kept, so that one bad start does not call for everything. Where no r
 * does (everybody was late), redundancy cannot help: the smallest of those that kept the most.
 */
export function chooseRedundancy(history: History, workers: number, share: number): number {
  const lostMax = (1 - share) * historyRounds + 1e-9
  let best = { r: 1, lost: Number.POSITIVE_INFINITY }
  for (let r = 1; r <= workers; r++) {
    const lost = history.filter(round => !wasKept(round, r)).length
    if (lost <= lostMax) return r
    if (lost < best.lost) best = { r, lost }
  }
  return best.r
}
