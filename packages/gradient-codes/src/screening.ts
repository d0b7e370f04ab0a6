// Gaussian codes are a lottery: from draw to draw the amplification differs by orders. So several draws are tried and
// the best is kept. The draws and the straggler patterns they are judged by follow from n and s alone: whoever builds
// the code gets the same one.
//
// The judge is the mean of √A over the patterns, not the worst A: A has so heavy a tail that the worst of a sample
// says little about patterns outside it. Draws chosen by the mean of √A are better on those in the middle and in the
// tail alike. The tail remains, and with it the guard at decoding.

import { randomStream } from '@muster/numerics'
import { type CyclicLevel, weightsWithout } from './cyclic-rows.ts'

/** Every run of s consecutive workers and `random` other sets of s. */
export function stragglerPatterns(n: number, s: number, random: number): number[][] {
  if (s === 0) return [[]]
  const draw = randomStream('straggler-patterns', n, s)
  const consecutive = Array.from({ length: n }, (_, i) => Array.from({ length: s }, (_, m) => (i + m) % n))
  return [...consecutive, ...Array.from({ length: random }, () => [...draw.permutation(n).slice(0, s)])]
}

/** The best of several draws of what has a level. */
export function bestDraw<Drawn extends { readonly level: CyclicLevel }>(
  n: number,
  s: number,
  draw: (attempt: number) => Drawn,
): Drawn {
  let best = draw(0)
  if (s === 0) return best
  const patterns = stragglerPatterns(n, s, 32)
  let least = badness(best.level, patterns, Number.POSITIVE_INFINITY)
  for (let attempt = 1; attempt < drawCount(n, s); attempt++) {
    const next = draw(attempt)
    const found = badness(next.level, patterns, least)
    if (found < least) {
      best = next
      least = found
    }
  }
  return best
}

/** Fewer for larger codes, so that all levels up to 7 are built in some 40 ms. */
const drawCount = (n: number, s: number): number =>
  Math.max(2, Math.min(32, Math.floor(512 / n), Math.floor(4096 / (n * s))))

/** Σ √A over the patterns; no longer summed once it exceeds `enough`. */
function badness({ rows, decoding }: CyclicLevel, patterns: readonly (readonly number[])[], enough: number): number {
  const lengths = rows.map(row => row.weights.reduce((sum, weight) => sum + Math.abs(weight), 0))
  let total = 0
  for (const missing of patterns) {
    const weights = weightsWithout(decoding, missing)
    let sum = 0
    for (let i = 0; i < lengths.length; i++) sum += Math.abs(weights[i]!) * lengths[i]!
    total += Math.sqrt(sum / lengths.length)
    // What is not a number ends here too.
    if (!(total < enough)) return Number.POSITIVE_INFINITY
  }
  return total
}
