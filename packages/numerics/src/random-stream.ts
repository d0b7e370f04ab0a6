// Seeded random streams. The same key gives the same draws on every machine; different keys give independent
// streams, so nobody has to pass a generator around or agree on an order of draws.
// Must not hold: any source of entropy, any clock.

import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export interface RandomStream {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Uniform integer in [0, below). */
  integer(below: number): number
  /** Standard normal (Box–Muller). */
  normal(): number
  /** Exponential with mean 1. */
  exponential(): number
  /** The numbers 0..count−1 in random order (Fisher–Yates). */
  permutation(count: number): Uint32Array
}

/** 32-bit hash of a key: FNV-1a over its text, finished with murmur3's avalanche. */
export function hashKey(...key: readonly (string | number)[]): number {
  let h = 0x811c9dc5
  for (const part of key) {
    const text = `${part}\u0000`
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A stream that is a pure function of its key, e.g. `randomStream(runSeed, 'batch', round, partition)`. */
export function randomStream(...key: readonly (string | number)[]): RandomStream {
  const generator = xoroshiro128plus(hashKey(...key) | 0)
  // The first outputs of neighbouring seeds resemble each other; four steps part them.
  for (let i = 0; i < 4; i++) generator.next()
  const uniform = () => ((generator.next() >>> 6) * 0x8000000 + (generator.next() >>> 5)) / 2 ** 53
  let spare: number | undefined
  return {
    uniform,
    integer: below => uniformInt(generator, 0, below - 1),
    normal() {
      if (spare !== undefined) {
        const value = spare
        spare = undefined
        return value
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
    exponential: () => -Math.log(1 - uniform()),
    permutation(count) {
      const order = Uint32Array.from({ length: count }, (_, i) => i)
      for (let i = count - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i)
        const moved = order[i]!
        order[i] = order[j]!
        order[j] = moved
      }
      return order
    },
  }
}
