// How finely a lane is told: pages are sent the last rounds again and again, so that a round's marks are bounded together.

/** Of a kind, in a round. */
const roundMarks = 1024
/** Closer together they could not be told apart. */
const laneMarks = 32
const laneMarksMin = 4

export const marksMax = (lanes: number): number =>
  Math.max(laneMarksMin, Math.min(laneMarks, Math.floor(roundMarks / Math.max(1, lanes))))

/** In order, in at most so many parts of about the same length; the last of a part stands for it. */
export function thinned<Mark>(marks: readonly Mark[], count: number): readonly (readonly Mark[])[] {
  if (marks.length <= count) return marks.map(mark => [mark])
  return Array.from({ length: count }, (_, i) =>
    marks.slice(Math.floor((i * marks.length) / count), Math.floor(((i + 1) * marks.length) / count)),
  )
}
