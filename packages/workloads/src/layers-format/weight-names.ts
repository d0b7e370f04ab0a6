// Which weight of a file is which tensor of ours. Keras names a weight "layer/kernel"; its versions put the model's name
// before it, ":0" behind it, or the weight's number in its layer in place of the last word.

import type { WeightsGroup } from './weights-manifest.ts'

export interface KerasWeight {
  /** Our tensor's. */
  readonly name: string
  readonly layer: string
  /** "kernel", "bias", ... */
  readonly word: string
  /** Number within the layer. */
  readonly index: number
}

export interface WeightName {
  /** Ours: "layer/kernel". */
  readonly name: string
  /** The file's. */
  readonly fileName: string
}

/** As TensorFlow.js and Keras 2 name them. */
const usual = ({ layer, word }: KerasWeight): string => `${layer}/${word}`

/** Keras 3 calls a depthwise kernel "kernel". */
const otherNames = (weight: KerasWeight): readonly string[] => [
  usual(weight),
  `${weight.layer}/${weight.index}`,
  ...(weight.word === 'depthwise_kernel' ? [`${weight.layer}/kernel`] : []),
]

/**
 * Without a manifest, the usual names.
 * @param complain is told of each tensor that is not found, found more than once, or not needed
 */
export function matchWeights(
  weights: readonly KerasWeight[],
  manifest: readonly WeightsGroup[] | null,
  complain: (sentence: string) => void,
): readonly WeightName[] {
  if (manifest === null) return weights.map(weight => ({ name: weight.name, fileName: usual(weight) }))
  const entries = manifest.flatMap(group => group.weights)
  const held = new Set(entries.flatMap(({ name, isOptimizer }) => (isOptimizer ? [] : [name])))
  // From how a weight may be called, the model's name left out, to the names that are so called.
  const called = new Map<string, string[]>()
  for (const name of held) called.set(tail(name), [...(called.get(tail(name)) ?? []), name])
  const similar = (weight: KerasWeight) => otherNames(weight).flatMap(name => called.get(tail(name)) ?? [])
  const taken = new Set<string>()
  const found = weights.flatMap((weight): WeightName[] => {
    const names = held.has(usual(weight)) ? [usual(weight)] : similar(weight)
    for (const name of names) taken.add(name)
    if (names.length > 1) complain(`several weights may be "${usual(weight)}": ${quoted(names)}`)
    else if (names.length === 0) complain(`no weight is named "${usual(weight)}"`)
    return names.map(fileName => ({ name: weight.name, fileName }))
  })
  for (const name of held) if (!taken.has(name)) complain(`"${name}" is the weight of no layer`)
  return found
}

/** "layer/word" of "model/layer/word:0" and of "layer/vars/0". */
function tail(name: string): string {
  const words = name
    .replace(/:0$/, '')
    .split('/')
    .filter(word => word !== 'vars')
  return words.slice(-2).join('/')
}

const quoted = (names: readonly string[]): string => names.map(name => `"${name}"`).join(', ')
