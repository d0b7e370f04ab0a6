// A small problem with true gradients, so that the simulated data plane can be judged to the last bit:
//   ℓ_j(w; t) = ½ ‖w − c_j(t)‖²,  g_j = w − c_j(t),  c_j(t) drawn from (seed, round, partition).

import { randomStream } from '@muster/numerics'
import type { PartitionIndex, RoundNumber } from '@muster/vocabulary'

export const toyDimension = 8

export function toyGradient(
  parameters: Float32Array,
  seed: number,
  round: RoundNumber,
  partition: PartitionIndex,
): Float32Array {
  const draw = randomStream(seed, 'toy', round, partition)
  return parameters.map(w => w - draw.normal())
}

export function toyStart(seed: number): Float32Array {
  const draw = randomStream(seed, 'toy-start')
  return Float32Array.from({ length: toyDimension }, draw.normal)
}
