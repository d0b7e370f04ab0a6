// Settings of one layer of Keras, with the defaults that Keras gives to what is missing or null. Ranges are the
// planner's to judge.

import type { Padding, Pair } from '../network/layer.ts'
import { type Fields, fieldOf, refuse, show } from './json-fields.ts'

export function numberOf(settings: Fields, key: string, missing?: number): number {
  const value = unpacked(fieldOf(settings, key)) ?? missing
  return typeof value === 'number'
    ? value
    : refuse(settings.place, `its "${key}" is ${show(value)}; a number is needed`)
}

/** Some versions of Keras write a number as {type: "ndarray", value: 0}. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('value' in value)) return value
  return value.type === 'ndarray' ? value.value : value
}

export function flagOf(settings: Fields, key: string, missing: boolean): boolean {
  const value = fieldOf(settings, key) ?? missing
  return typeof value === 'boolean'
    ? value
    : refuse(settings.place, `its "${key}" is ${show(value)}; true or false is needed`)
}

const isPair = (value: unknown): value is Pair =>
  Array.isArray(value) && value.length === 2 && value.every(extent => typeof extent === 'number')

/** One number stands for both. */
export function pairOf(settings: Fields, key: string, missing?: Pair): Pair {
  const value = fieldOf(settings, key) ?? missing
  if (typeof value === 'number') return [value, value]
  return isPair(value)
    ? [value[0], value[1]]
    : refuse(settings.place, `its "${key}" is ${show(value)}; two numbers are needed`)
}

export function paddingOf(settings: Fields): Padding {
  const value = fieldOf(settings, 'padding') ?? 'valid'
  return value === 'valid' || value === 'same'
    ? value
    : refuse(settings.place, `its "padding" is ${show(value)}; "valid" and "same" are supported`)
}

/** Above and below, left and right: one number, one for each pair, or all four. */
export function marginsOf(settings: Fields): readonly [Pair, Pair] {
  const value = fieldOf(settings, 'padding') ?? 1
  const [vertical, horizontal] = Array.isArray(value) && value.length === 2 ? value : [value, value]
  const margin = (own: unknown): Pair => {
    if (typeof own === 'number') return [own, own]
    return isPair(own)
      ? [own[0], own[1]]
      : refuse(settings.place, `its "padding" is ${show(value)}; one, two or two times two numbers are needed`)
  }
  return [margin(vertical), margin(horizontal)]
}

/** Extents; one that is left open is -1, which TensorFlow.js writes as null. */
export function targetShapeOf(settings: Fields): readonly number[] {
  const value = fieldOf(settings, 'target_shape')
  if (!Array.isArray(value)) return refuse(settings.place, `its "target_shape" is ${show(value)}; a list is needed`)
  return value.map((extent): number =>
    extent === null
      ? -1
      : typeof extent === 'number'
        ? extent
        : refuse(settings.place, `its "target_shape" is ${show(value)}; numbers are needed`),
  )
}

/** Counted with the batch; -1 is the last. Some files hold a list of one. */
export function axisOf(settings: Fields): number {
  const value = fieldOf(settings, 'axis') ?? -1
  const [axis] = Array.isArray(value) && value.length === 1 ? value : [value]
  return typeof axis === 'number' ? axis : refuse(settings.place, `its "axis" is ${show(value)}; one axis is supported`)
}
