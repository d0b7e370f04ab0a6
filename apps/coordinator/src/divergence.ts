// Whether a round's answers are numbers at all. A model that has blown up makes every tab answer NaN; each answer is
// refused, rightly, and the round would wait for ever without anybody being told why.

export interface Divergence {
  /** Says so once a round, when as many answers were none as there are workers: too many for one broken tab. */
  refused(round: number, code: string, workers: number): string | null
}

/** In a large fleet that many are enough; a tab alone is given a second chance. */
const [fewest, most] = [2, 12]

export function watchDivergence(): Divergence {
  let seen = { round: -1, count: 0, isTold: false }
  return {
    refused(round, code, workers) {
      if (code !== 'value-not-finite' && code !== 'loss-not-finite') return null
      if (seen.round !== round) seen = { round, count: 0, isTold: false }
      const count = seen.count + 1
      const isTold = seen.isTold || count >= Math.min(most, Math.max(fewest, workers))
      const isNew = isTold && !seen.isTold
      seen = { round, count, isTold }
      if (!isNew) return null
      return (
        `${count} answers in round ${round} held no finite numbers: the run has probably diverged. ` +
        'Stop it, and begin anew with a lower learning rate or with "clipNorm"'
      )
    },
  }
}
