// The coordinates of a vector, cut into segments of about equal length: what a tile is wide.

/** A frame carries as many adjacent tiles as fit into this, and one tile whatever it takes. */
export const tileFrameBytes = 256 * 1024
const segmentsMin = 16
const segmentsMax = 512

/** S: segments of at most 256 KiB of 32-bit floats where 512 suffice; at least 16, so that two may share an upload. */
export const segmentsFor = (parameterCount: number): number =>
  Math.max(
    1,
    Math.min(parameterCount, segmentsMax, Math.max(segmentsMin, Math.ceil((4 * parameterCount) / tileFrameBytes))),
  )

/** Coordinates of one segment of S: [from, to). Where S exceeds d, some are empty. */
export const segmentRange = (
  parameterCount: number,
  segments: number,
  segment: number,
): { readonly from: number; readonly to: number } => ({
  from: Math.floor((segment * parameterCount) / segments),
  to: Math.floor(((segment + 1) * parameterCount) / segments),
})

/** The segments of S that the coordinates [from, to) are made of; null where they are no whole number of them, or none. */
export function segmentsWithin(
  parameterCount: number,
  segments: number,
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] | null {
  if (!(from < to && to <= parameterCount)) return null
  // The only segment that may begin there.
  const beginningAt = (coordinate: number): number => Math.ceil((coordinate * segments) / parameterCount)
  const [first, end] = [beginningAt(from), beginningAt(to)]
  const cutAt = (segment: number): number => segmentRange(parameterCount, segments, segment).from
  return cutAt(first) === from && cutAt(end) === to ? Array.from({ length: end - first }, (_, i) => first + i) : null
}
