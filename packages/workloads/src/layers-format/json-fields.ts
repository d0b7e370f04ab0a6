// Narrows JSON of unknown origin. Keras writes its keys in snake_case, TensorFlow.js keeps them in camelCase in memory:
// here both are snake_case. Nothing recurses, so that no depth of nesting exhausts the stack.

import { ModelError } from '../network/plan.ts'

export interface Fields {
  /** What a refusal begins with: the file and where in it. */
  readonly place: string
  readonly values: ReadonlyMap<string, unknown>
}

/** @param why a sentence without its full stop */
export function refuse(place: string, why: string): never {
  throw new ModelError(`${place}: ${why}.`)
}

export function fieldsOf(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(place, `is ${show(value)}; an object is needed`)
  return { place, values: new Map(Object.entries(value).map(([key, own]) => [snakeCase(key), own])) }
}

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

export function listOf(value: unknown, place: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(place, `is ${show(value)}; a list is needed`)
}

/** null where there is nothing. */
export const fieldOf = ({ values }: Fields, key: string): unknown => values.get(key) ?? null

export function textOf(fields: Fields, key: string): string {
  const value = fieldOf(fields, key)
  if (value === null) refuse(fields.place, `has no "${key}"`)
  return typeof value === 'string' && value !== ''
    ? value
    : refuse(fields.place, `its "${key}" is ${show(value)}; a text is needed`)
}

/** The value in a sentence; what is long is named only. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value))
    return value.length <= 6 && value.every(isPlain) ? `[${value.map(show).join(', ')}]` : 'a list'
  return isPlain(value) ? JSON.stringify(value).slice(0, 80) : 'an object'
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

/** Reads each; when some are refused, the error tells of all of them, a line each. */
export function readAll<Item, Read>(items: readonly Item[], read: (item: Item) => Read): Read[] {
  const problems: string[] = []
  const all: Read[] = []
  for (const item of items)
    try {
      all.push(read(item))
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      problems.push(error.message)
    }
  if (problems.length > 0) throw new ModelError(problems.join('\n'))
  return all
}
