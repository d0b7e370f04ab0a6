// How good the loaded parameters are on samples they were not fitted to.

import type { GradientComputer } from './gradient-computer.ts'
import { type Samples, takeBatch } from './samples.ts'

export interface Evaluation {
  /** Mean softmax cross-entropy per target, in nats. */
  readonly loss: number
  /** Share of targets whose largest logit is their class. */
  readonly accuracy: number
  /** Of a text model: tokens it writes. */
  readonly sample?: readonly number[]
}

/** Bounds what the logits and their kin take of memory. */
const targetsPerBatch = 4_000

/** Batches have one fixed shape: the last is filled up with its own first sample, which is not counted twice. */
export async function evaluate(
  computer: GradientComputer,
  samples: Samples,
  batchSize = Math.min(500, Math.ceil(targetsPerBatch / computer.network.targets)),
): Promise<Evaluation> {
  const { classes, targets } = computer.network
  const size = Math.min(batchSize, samples.count)
  let lossSum = 0
  let correct = 0
  for (let from = 0; from < samples.count; from += size) {
    const filled = Math.min(size, samples.count - from)
    const indices = Uint32Array.from({ length: size }, (_, i) => from + (i < filled ? i : 0))
    const batch = takeBatch(samples, indices)
    const logits = await computer.logits(batch)
    for (let row = 0; row < filled * targets; row++) {
      const scores = logits.subarray(row * classes, (row + 1) * classes)
      const label = batch.labels[row]!
      lossSum += crossEntropy(scores, label)
      if (indexOfLargest(scores) === label) correct++
    }
  }
  const count = samples.count * targets
  return { loss: lossSum / count, accuracy: correct / count }
}

function crossEntropy(scores: Float32Array, label: number): number {
  const largest = scores[indexOfLargest(scores)]!
  let total = 0
  for (const score of scores) total += Math.exp(score - largest)
  return largest + Math.log(total) - scores[label]!
}

function indexOfLargest(scores: Float32Array): number {
  let best = 0
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i
  return best
}
