// A line of a plot needs no more points than can be told apart: of many rounds, some are drawn together as one point.

export interface Point {
  readonly round: number
  readonly value: number
}

/** Buckets a plot is wide: a few pixels each. */
const bucketsMax = 96
/** A point that is so many times farther off than points mostly are stays beside its bucket's median. */
const exceptional = 4

/** How many rounds are drawn together: 1 while no line has too many points, else a power of two. */
export function roundsTogether(span: readonly number[], pointsOfLongest: number, pointsMax: number): number {
  if (pointsOfLongest <= pointsMax) return 1
  const [first = 0, last = 0] = span
  return 2 ** Math.max(0, Math.ceil(Math.log2((last - first + 1) / bucketsMax)))
}

/**
 * The median of each bucket, what is exceptional, and both ends. Buckets start at multiples of their width, so that a
 * new round moves nothing that is drawn already, except when the width doubles.
 */
export function thinPoints(points: readonly Point[], together: number): readonly Point[] {
  if (together <= 1) return points
  const buckets = bucketsOf(points, together).map(bucket => ({ bucket, median: medianOf(bucket) }))
  // Squared, so that what happens every now and then is not exceptional.
  const offsets = buckets.flatMap(({ bucket, median }) => bucket.map(({ value }) => (value - median.value) ** 2))
  const farOff = exceptional * Math.sqrt(offsets.reduce((sum, offset) => sum + offset, 0) / Math.max(1, offsets.length))
  return buckets.flatMap(({ bucket, median }) =>
    bucket.filter(
      point =>
        point === median ||
        point === points[0] ||
        point === points.at(-1) ||
        (farOff > 0 && Math.abs(point.value - median.value) > farOff),
    ),
  )
}

function bucketsOf(points: readonly Point[], together: number): readonly (readonly Point[])[] {
  const buckets = new Map<number, Point[]>()
  for (const point of points) {
    const number = Math.floor(point.round / together)
    const bucket = buckets.get(number)
    if (bucket === undefined) buckets.set(number, [point])
    else bucket.push(point)
  }
  return [...buckets.values()]
}

/** One of the points themselves: whoever points at it is told a round and its value. */
function medianOf(bucket: readonly Point[]): Point {
  const sorted = [...bucket].sort((a, b) => a.value - b.value)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}
