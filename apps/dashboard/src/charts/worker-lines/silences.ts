// Where a worker was not heard for much longer than it uses to be: a line across that would tell what nobody knows.

/** Rounds between which a worker was silent: after the first and before the second of each pair. */
export type Silence = readonly [from: number, to: number]

/** Times its usual rest; below it is the chance of who comes when. */
const longFactor = 6
/** Rests before and after from which is judged what is usual: with more workers everybody's turn comes less often. */
const around = 8

export function silencesOf(rounds: readonly number[]): readonly Silence[] {
  const rests = rounds.slice(1).map((round, index) => round - rounds[index]!)
  return rests.flatMap((rest, at): Silence[] => {
    // The nearest are asked first: to sort the many would cost at every round.
    const nearest = Math.min(rests[at - 1] ?? rest, rests[at + 1] ?? rest)
    if (rest <= longFactor * nearest || rest <= longFactor * usualRest(rests, at)) return []
    return [[rounds[at]!, rounds[at + 1]!]]
  })
}

/** The upper median: where the fleet has just grown, the longer rests are what is usual now. */
function usualRest(rests: readonly number[], at: number): number {
  const others = [...rests.slice(Math.max(0, at - around), at), ...rests.slice(at + 1, at + 1 + around)]
  others.sort((a, b) => a - b)
  return others[Math.floor(others.length / 2)] ?? Number.POSITIVE_INFINITY
}
