// A small problem with true gradients, so that the simulated data plane can be judged to the last bit:
//   ℓ_j(w; t) = ½ ‖w − c_j(t)‖²,  g_j = w − c_j(t),  c_j(t) drawn from (seed, draw, partition).

import { randomStream } from '@muster/numerics'
import type { Problem } from './problem.ts'

export const toyDimension = 8

export const toyProblem = (seed: number): Problem => ({
  dimension: toyDimension,
  samplesPerPartition: 1,
  start() {
    const draw = randomStream(seed, 'toy-start')
    return Float32Array.from({ length: toyDimension }, draw.normal)
  },
  gradient(parameters, draw, partition) {
    const stream = randomStream(seed, 'toy', draw, partition)
    const gradient = parameters.map(w => w - stream.normal())
    return { gradient, lossSum: gradient.reduce((sum, g) => sum + 0.5 * g * g, 0) }
  },
})
