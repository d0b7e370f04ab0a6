// Pure geometry of a small line chart: scale, ticks, path. Pixels in, strings out; no DOM.

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Frame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface Range {
  readonly min: number
  readonly max: number
}

/** 1, 2 or 5 times a power of ten, so that about `count` steps span the range; zero where it has no width. */
function stepOf({ min, max }: Range, count: number): number {
  const span = max - min
  if (!(span > 0) || !Number.isFinite(span)) return 0
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10)
}

const tick = (index: number, step: number): number => Number((index * step).toPrecision(12))

/** Round numbers, about `count` of them, inside the range. */
export function ticksOf(range: Range, count: number): number[] {
  const step = stepOf(range, count)
  if (step === 0) return [range.min]
  const first = Math.ceil(range.min / step - 1e-9)
  const last = Math.floor(range.max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => tick(first + index, step))
}

export function rangeOf(values: readonly number[]): Range {
  if (values.length === 0) return { min: 0, max: 1 }
  const min = Math.min(...values)
  const max = Math.max(...values)
  return max > min ? { min, max } : { min: min - 0.5, max: max + 0.5 }
}

/** Grows a range to whole steps, so that the curve does not jitter with each new point; it may hold no tick before. */
export function roundOut(range: Range, count: number): Range {
  const step = stepOf(range, count)
  if (step === 0) return range
  return {
    min: tick(Math.floor(range.min / step + 1e-9), step),
    max: tick(Math.ceil(range.max / step - 1e-9), step),
  }
}

export const along = (value: number, { min, max }: Range, from: number, to: number): number =>
  from + ((value - min) / (max - min)) * (to - from)

export function linePath(points: readonly Point[], x: Range, y: Range, frame: Frame): string {
  return points
    .map((point, index) => {
      const across = along(point.x, x, frame.left, frame.right).toFixed(1)
      const down = along(point.y, y, frame.bottom, frame.top).toFixed(1)
      return `${index === 0 ? 'M' : 'L'}${across} ${down}`
    })
    .join('')
}
