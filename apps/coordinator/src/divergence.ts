// Whether a round's answers are numbers at all. A model that has blown up makes every tab answer NaN; each answer is
// refused, rightly, and the round would wait for ever without anybody being told why.

export interface Divergence {
  /** Says so once a round, when its refused answers have become too many for a single broken tab or liar. */
  refused(round: number, code: string): string | null
}

const notFiniteMax = 12

export function watchDivergence(): Divergence {
  let seen = { round: -1, count: 0 }
  return {
    refused(round, code) {
      if (code !== 'value-not-finite' && code !== 'loss-not-finite') return null
      seen = { round, count: seen.round === round ? seen.count + 1 : 1 }
      if (seen.count !== notFiniteMax) return null
      return (
        `${notFiniteMax} answers in round ${round} held no finite numbers: the run has probably diverged. ` +
        'Stop it, and begin anew with a lower learning rate or with "clipNorm"'
      )
    },
  }
}
