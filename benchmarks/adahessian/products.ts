// FLOPs of products, counted by hand from the shapes. A layer of one product, forwards f, takes 3 f for its gradient and
// 9 f for its gradient with H z; the first, whose input needs no derivative, 2 f and 4 f (curvature/bilinear.ts says why).

import type { Network } from '@muster/workloads'
import { floorOf } from '../step/floor.ts'

export interface ProductCount {
  readonly gradient: number
  /** Of the pass that gives the gradient and H z. */
  readonly both: number
}

export function productsOf(network: Network, batchSize: number): ProductCount {
  const { forward, backward } = floorOf(network, batchSize).flops
  const inner = backward - forward
  const first = forward - inner
  return { gradient: forward + backward, both: 4 * first + 9 * inner }
}
