// The lowest loss that is known: accelerated descent (Nesterov 1983) on all samples, begun anew whenever the loss rises.

import type { Task } from '../experiment.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import { wholeGradient } from './play-run.ts'

export interface BestInput {
  readonly data: Pick<TrainingData, 'train' | 'classes'>
  readonly steps: number
}

const rate = 0.5

export const findBest: Task<BestInput, number> = {
  name: 'linear speed-up: best loss',
  run({ data, steps }) {
    const gradientOf = wholeGradient(data)
    let x = new Float32Array((data.train.inputSize + 1) * data.classes)
    let ahead = x
    let [momentum, best, before] = [1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let step = 0; step < steps; step++) {
      const { loss, gradient } = gradientOf(ahead)
      best = Math.min(best, loss)
      momentum = loss > before ? 1 : momentum
      before = loss
      const next = ahead.map((value, i) => value - rate * gradient[i]!)
      const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2
      const share = (momentum - 1) / grown
      ahead = next.map((value, i) => value + share * (value - x[i]!))
      x = next
      momentum = grown
    }
    return best
  },
}
