// What dropout lets through. A function of (seed, round, partition, layer, sample), so that whoever computes a
// partition, whole or in pieces, drops the same.

import { type RandomStream, randomStream } from '@muster/numerics'
import type { DrawKey } from '../samples.ts'

/**
 * What a dropout layer multiplies by: 0, or 1/(1 − rate). All samples of a partition's batch share one stream, each
 * with `perSample` draws in turn.
 * @param samples how many, from the key's `firstSample` on
 * @param perSample numbers the layer has for one sample
 */
export function dropoutMask(
  key: DrawKey,
  layer: number,
  rate: number,
  samples: number,
  perSample: number,
): Float32Array {
  const from = (key.firstSample ?? 0) * perSample
  const mask = new Float32Array(samples * perSample)
  const { uniform } = streamAt(key, layer, from, from + mask.length)
  const kept = 1 / (1 - rate)
  for (let i = 0; i < mask.length; i++) mask[i] = uniform() < rate ? 0 : kept
  return mask
}

/** Of each layer, the stream used last and how many draws are behind it: the next piece goes on where one ended. */
const lastUsed = new Map<number, { readonly name: string; readonly stream: RandomStream; readonly drawn: number }>()

/** The layer's stream after `from` draws, of which the caller takes those before `to`. */
function streamAt({ seed, round, partition }: DrawKey, layer: number, from: number, to: number): RandomStream {
  const name = `${seed} ${round} ${partition}`
  const last = lastUsed.get(layer)
  const isFurther = last?.name === name && last.drawn <= from
  const stream = isFurther ? last.stream : randomStream(seed, 'dropout', round, partition, layer)
  for (let drawn = isFurther ? last.drawn : 0; drawn < from; drawn++) stream.uniform()
  lastUsed.set(layer, { name, stream, drawn: to })
  return stream
}
