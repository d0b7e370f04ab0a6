// Draws strokes as a pen would: a smooth curve through control points, inked with a soft edge.
// Must not hold: randomness, or what a digit is.

import type { Point, Stroke } from './glyphs.ts'

const piecesPerSpan = 5

/** Points along a Catmull–Rom spline through the control points; a stroke of two points stays as it is. */
export function smoothCurve(stroke: Stroke): Point[] {
  if (stroke.length === 2) return halve(stroke[0]!, stroke[1]!, 4)
  const curve: Point[] = [stroke[0]!]
  for (let span = 0; span + 1 < stroke.length; span++) {
    const p1 = stroke[span]!
    const p2 = stroke[span + 1]!
    const p0 = stroke[span - 1] ?? p1
    const p3 = stroke[span + 2] ?? p2
    for (let piece = 1; piece <= piecesPerSpan; piece++) {
      const t = piece / piecesPerSpan
      curve.push([catmullRom(p0[0], p1[0], p2[0], p3[0], t), catmullRom(p0[1], p1[1], p2[1], p3[1], t)])
    }
  }
  return curve
}

/** A straight line in pieces, so that a distortion can bend it. */
function halve(from: Point, to: Point, pieces: number): Point[] {
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const t = i / pieces
    return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]
  })
}

function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
}

/**
 * Inks a line of segments into an image of side × side pixels. `radius` is half the stroke's width; ink fades from 1
 * to 0 over `softness` pixels around it. Where strokes cross, the darker ink stays.
 */
export function inkLine(
  image: Float32Array,
  side: number,
  line: readonly Point[],
  radius: number,
  softness: number,
): void {
  const reach = radius + softness / 2
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = line[i]!
    const [bx, by] = line[i + 1]!
    const dx = bx - ax
    const dy = by - ay
    const perLength = 1 / Math.max(dx * dx + dy * dy, 1e-9)
    const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach))
    const right = Math.min(side - 1, Math.floor(Math.max(ax, bx) + reach))
    const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach))
    const bottom = Math.min(side - 1, Math.floor(Math.max(ay, by) + reach))
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) * perLength))
        const ex = ax + along * dx - x
        const ey = ay + along * dy - y
        const ink = (reach - Math.sqrt(ex * ex + ey * ey)) / softness
        const pixel = y * side + x
        if (ink > image[pixel]!) image[pixel] = ink < 1 ? ink : 1
      }
    }
  }
}
