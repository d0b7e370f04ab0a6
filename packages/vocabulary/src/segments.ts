// The coordinates of a vector, cut into segments of about equal length: what a tile is wide.

const segmentBytes = 256 * 1024
const segmentsMin = 16
const segmentsMax = 512

/** S: segments of at most 256 KiB of 32-bit floats where 512 suffice; at least 16, so that two may share an upload. */
export const segmentsFor = (parameterCount: number): number =>
  Math.max(
    1,
    Math.min(parameterCount, segmentsMax, Math.max(segmentsMin, Math.ceil((4 * parameterCount) / segmentBytes))),
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
