// One hand's way with a glyph: turned, slanted, stretched, bent, moved, with a pen of some width on noisy paper.

import type { RandomStream } from '@muster/numerics'
import { type Glyph, glyphs, type Point } from './glyphs.ts'
import { inkLine, smoothCurve } from './pen.ts'

export const side = 28

/** How far hands differ. Lengths in pixels, angles in radians, the rest relative to the glyph's box. */
const variety = {
  wobble: 0.022, // standard deviation of each control point
  turnMax: 0.28,
  slant: 0.18, // standard deviation of the shear
  height: [15, 21.5],
  aspect: [0.62, 1.02], // width of the box over its height
  shiftMax: 2.2,
  bend: 0.035, // amplitude of each of the two waves that bend the glyph
  radius: [0.7, 1.7],
  softness: [1.1, 1.9],
  ink: [0.75, 1], // of full black
  noise: [0.01, 0.09], // standard deviation of the paper's grain
} as const

type Range = readonly [number, number]

/** Draws one sample of a digit into 784 bytes at `offset`. */
export function writeDigit(
  digit: number,
  stream: RandomStream,
  grain: Float32Array,
  into: Uint8Array,
  offset: number,
): void {
  const between = ([from, to]: Range) => from + (to - from) * stream.uniform()
  const variants = glyphs[digit]!
  const place = placement(stream, between)
  const image = new Float32Array(side * side)
  const radius = between(variety.radius)
  const softness = between(variety.softness)
  for (const stroke of wobbled(variants[stream.integer(variants.length)]!, stream))
    inkLine(image, side, smoothCurve(stroke).map(place), radius, softness)
  const ink = between(variety.ink)
  const noise = between(variety.noise)
  const grainFrom = stream.integer(grain.length - image.length)
  for (let i = 0; i < image.length; i++) {
    const value = ink * image[i]! + noise * grain[grainFrom + i]!
    into[offset + i] = 255 * Math.min(1, Math.max(0, value))
  }
}

/** Moves each control point a little; strokes that meet in a point go on meeting there. */
function wobbled(glyph: Glyph, stream: RandomStream): Glyph {
  const moved = new Map<string, Point>()
  return glyph.map(stroke =>
    stroke.map(([x, y]) => {
      const key = `${x} ${y}`
      const known = moved.get(key)
      if (known) return known
      const point: Point = [x + variety.wobble * stream.normal(), y + variety.wobble * stream.normal()]
      moved.set(key, point)
      return point
    }),
  )
}

/** From the glyph's unit box to pixels: bend, stretch, slant, turn, move. */
function placement(stream: RandomStream, between: (range: Range) => number): (point: Point) => Point {
  const height = between(variety.height)
  const width = height * between(variety.aspect)
  const turn = variety.turnMax * (2 * stream.uniform() - 1)
  const slant = variety.slant * stream.normal()
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const shift = () => (side - 1) / 2 + variety.shiftMax * (2 * stream.uniform() - 1)
  const [centreX, centreY] = [shift(), shift()]
  const wave = () => {
    const amplitude = variety.bend * stream.normal()
    const frequency = 3 + 4 * stream.uniform()
    const phase = 2 * Math.PI * stream.uniform()
    return (at: number) => amplitude * Math.sin(frequency * at + phase)
  }
  const [bendX, bendY] = [wave(), wave()]
  return ([x, y]) => {
    const v = (y - 0.5 + bendY(x)) * height
    const u = (x - 0.5 + bendX(y)) * width - slant * v
    return [centreX + cos * u - sin * v, centreY + sin * u + cos * v]
  }
}
