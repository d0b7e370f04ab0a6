// Numbers on a common footing: mean 0 and deviation 1 over the training samples.

export interface Scale {
  readonly mean: number
  readonly deviation: number
}

/** Of the values `at` gives for these rows. What never differs has the deviation 1, so that it is fed as 0. */
export function scaleOf(rows: ArrayLike<number>, at: (row: number) => number): Scale {
  const count = rows.length
  let mean = 0
  let squares = 0
  // Welford's recurrence: large offsets with small differences keep their digits.
  for (let i = 0; i < count; i++) {
    const value = at(rows[i]!)
    const before = value - mean
    mean += before / (i + 1)
    squares += before * (value - mean)
  }
  const deviation = Math.sqrt(squares / count)
  const isConstant = !(deviation > Math.max(Math.abs(mean) * 1e-12, 1e-30))
  return { mean, deviation: isConstant ? 1 : deviation }
}

/** Larger numbers have no place among 32-bit floats. */
export const largestNumber = 3e38

/** A test sample may lie so far out that it would be infinite as a 32-bit float. */
export const standardised = (value: number, { mean, deviation }: Scale): number =>
  Math.min(Math.max((value - mean) / deviation, -largestNumber), largestNumber)
