// The middle of some numbers; of an even count the mean of the two in the middle.

/** NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[half]!
  const below = sorted[half - 1] ?? Number.NaN
  const above = sorted[half] ?? Number.NaN
  return below === above ? below : (below + above) / 2
}
