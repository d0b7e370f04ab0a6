// TensorFlow.js's list of the files that hold a model's weights, and of the tensors end to end in them.

import { fieldOf, fieldsOf, listOf, refuse, show, textOf } from './json-fields.ts'

export interface WeightsGroup {
  /** Files that are one when put end to end. */
  readonly paths: readonly string[]
  readonly weights: readonly WeightEntry[]
}

export interface WeightEntry {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  /** How the bytes stand for numbers where they are not of `dtype`. */
  readonly quantization: { readonly dtype: string; readonly min: number; readonly scale: number } | null
  /** Not the model's but its optimiser's. */
  readonly isOptimizer: boolean
}

export function parseManifest(json: unknown, place: string): readonly WeightsGroup[] {
  return listOf(json, place).map((group, i) => {
    const fields = fieldsOf(group, `${place}[${i}]`)
    const paths = listOf(fieldOf(fields, 'paths'), `${fields.place}.paths`).map(path =>
      typeof path === 'string' ? path : refuse(`${fields.place}.paths`, `holds ${show(path)}; texts are needed`),
    )
    const weights = listOf(fieldOf(fields, 'weights'), `${fields.place}.weights`)
    return { paths, weights: weights.map((weight, j) => parseWeight(weight, `${fields.place}.weights[${j}]`)) }
  })
}

function parseWeight(json: unknown, place: string): WeightEntry {
  const fields = fieldsOf(json, place)
  const name = textOf(fields, 'name')
  const own = `${place} (${show(name)})`
  const shape = listOf(fieldOf(fields, 'shape'), `${own}.shape`).map((extent): number =>
    typeof extent === 'number' && Number.isSafeInteger(extent) && extent >= 0
      ? extent
      : refuse(own, `its "shape" holds ${show(extent)}; whole numbers are needed`),
  )
  return {
    name,
    shape,
    dtype: textOf(fields, 'dtype'),
    quantization: parseQuantization(fieldOf(fields, 'quantization'), own),
    isOptimizer: fieldOf(fields, 'group') === 'optimizer',
  }
}

function parseQuantization(json: unknown, place: string): WeightEntry['quantization'] {
  if (json === null) return null
  const fields = fieldsOf(json, `${place}.quantization`)
  const number = (key: string, missing: number): number => {
    const value = fieldOf(fields, key) ?? missing
    return typeof value === 'number'
      ? value
      : refuse(fields.place, `its "${key}" is ${show(value)}; a number is needed`)
  }
  return { dtype: textOf(fields, 'dtype'), min: number('min', 0), scale: number('scale', 1) }
}
