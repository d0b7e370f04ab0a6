// Images brought to another size: smaller by averaging areas, larger by interpolation. Each direction by itself.

import type { Image } from './image-file.ts'

/** What one pixel of the result takes of a row: weights of neighbours from `from` on, which sum to 1. */
interface Tap {
  readonly from: number
  readonly weights: readonly number[]
}

export function resize(image: Image, width: number, height: number): Image {
  if (image.width === width && image.height === height) return image
  const across = taps(image.width, width)
  const down = taps(image.height, height)
  const { channels } = image
  const narrow = new Float32Array(width * image.height * channels)
  for (let y = 0; y < image.height; y++)
    for (const [x, { from, weights }] of across.entries())
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let i = 0; i < weights.length; i++)
          sum += weights[i]! * image.pixels[(y * image.width + from + i) * channels + c]!
        narrow[(y * width + x) * channels + c] = sum
      }
  const pixels = new Uint8Array(width * height * channels)
  const row = width * channels
  for (const [y, { from, weights }] of down.entries())
    for (let x = 0; x < row; x++) {
      let sum = 0
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(from + i) * row + x]!
      pixels[y * row + x] = Math.round(sum)
    }
  return { width, height, channels, pixels }
}

function taps(length: number, wanted: number): Tap[] {
  const step = length / wanted
  return Array.from({ length: wanted }, (_, i) =>
    step > 1 ? area(i * step, Math.min((i + 1) * step, length)) : between((i + 0.5) * step - 0.5, length),
  )
}

function area(begin: number, end: number): Tap {
  const from = Math.floor(begin)
  const weights: number[] = []
  for (let i = from; i < end; i++) weights.push((Math.min(i + 1, end) - Math.max(i, begin)) / (end - begin))
  return { from, weights }
}

function between(centre: number, length: number): Tap {
  const inside = Math.min(Math.max(centre, 0), length - 1)
  const from = Math.min(Math.floor(inside), length - 1)
  const far = inside - from
  return far === 0 ? { from, weights: [1] } : { from, weights: [1 - far, far] }
}
