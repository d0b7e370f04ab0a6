// What a character model writes, token after token.

import { randomStream } from '@muster/numerics'
import type { GradientComputer } from './gradient-computer.ts'

/**
 * `count` tokens after `prompt`, each drawn from softmax(logits / temperature). Needs loaded parameters of a network
 * that reads tokens.
 * @param prompt at least one token
 */
export async function sampleTokens(
  computer: GradientComputer,
  prompt: readonly number[],
  count: number,
  { temperature = 0.8, seed = 1 }: { readonly temperature?: number; readonly seed?: number } = {},
): Promise<number[]> {
  const { inputSize, classes } = computer.network
  const stream = randomStream(seed, 'sampled text')
  const tokens = [...prompt]
  while (tokens.length < prompt.length + count) {
    // Shapes stay fixed; a position does not see those after it, so what fills the window up does not matter.
    const seen = tokens.slice(-inputSize)
    const inputs = new Float32Array(inputSize)
    inputs.set(seen)
    const logits = await computer.logits({ size: 1, inputs, labels: new Uint16Array(inputSize) })
    const scores = logits.subarray((seen.length - 1) * classes, seen.length * classes)
    tokens.push(drawFrom(scores, temperature, stream.uniform()))
  }
  return tokens.slice(prompt.length)
}

function drawFrom(scores: Float32Array, temperature: number, uniform: number): number {
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const weights = Array.from(scores, score => Math.exp((score - largest) / temperature))
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [token, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return token
  }
  return weights.length - 1
}
