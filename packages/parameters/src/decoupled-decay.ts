// Decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2, line 12), step → step: the step and η·λ·θ.
// Behind Adam it makes AdamW. η is the whole rate of the update, as in common libraries; the paper's line multiplies λ
// by the schedule only.

import { plusScaled, stateless } from './transform.ts'

/** Acts on all parameters, biases too. @param decay λ ≥ 0. */
export const decoupledDecay = (decay: number) =>
  stateless((step, { parameters, rate }) => plusScaled(step, parameters, rate * decay))
