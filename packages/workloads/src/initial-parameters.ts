// The parameters a run starts from: a pure function of network and seed.
// Must not hold: anything learnt.

import { randomStream } from '@muster/numerics'
import type { Network } from './network/plan.ts'

/** Flat, in layout order; each tensor as its layer says. */
export function initialParameters({ tensors, parameterCount }: Network, seed: number): Float32Array {
  const flat = new Float32Array(parameterCount)
  for (const { name, offset, length, initial } of tensors) {
    const piece = flat.subarray(offset, offset + length)
    if (initial.kind === 'constant') {
      piece.fill(initial.value)
      continue
    }
    const stream = randomStream(seed, 'initial parameters', name)
    for (let i = 0; i < length; i++)
      piece[i] =
        initial.kind === 'normal' ? initial.deviation * stream.normal() : initial.reach * (2 * stream.uniform() - 1)
  }
  return flat
}
