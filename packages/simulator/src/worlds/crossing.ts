// Where a nondecreasing function reaches a target, by interpolation while that works and by halving where it does not:
// the functions here are mostly straight lines, sometimes with jumps, sometimes infinite.

/** Below this two places are the same. */
const floor = 1e-15

/**
 * The place between `low`, where the function is below the target, and `high`, where it is not: within the relative
 * precision, and from there on by interpolation.
 */
export function crossing(
  f: (place: number) => number,
  target: number,
  low: { readonly place: number; readonly value: number },
  high: { readonly place: number; readonly value: number },
  precision: number,
): number {
  let [from, below, to, above] = [low.place, low.value, high.place, high.value]
  let widthExpected = to - from
  for (let step = 1; ; step++) {
    const width = to - from
    const margin = precision * to + floor
    if (width <= margin) return above < Number.POSITIVE_INFINITY ? interpolate(from, below, to, above, target) : from
    // Interpolation creeps along bends and jumps: unless three steps halve the width, the next one does.
    const isCreeping = step % 3 === 0 && width > widthExpected / 2
    if (step % 3 === 0) widthExpected = width
    const guess = isCreeping ? from + width / 2 : interpolate(from, below, to, above, target)
    const middle = above < Number.POSITIVE_INFINITY ? guess : from + width / 2
    // Half a margin inside: a guess that is right closes in from both sides.
    const inside = Math.min(margin, width) / 2
    const place = Math.min(Math.max(middle, from + inside), to - inside)
    const value = f(place)
    if (value >= target) [to, above] = [place, value]
    else [from, below] = [place, value]
  }
}

const interpolate = (from: number, below: number, to: number, above: number, target: number): number =>
  from + ((to - from) * (target - below)) / (above - below)
