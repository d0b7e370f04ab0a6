// Gradient descent, gradient → step: η·g.

import { scaled, stateless } from './transform.ts'

export const sgd = stateless((gradient, { rate }) => scaled(gradient, rate))
