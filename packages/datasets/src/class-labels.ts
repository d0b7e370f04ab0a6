// Classes from what stands in the data: each different value is one.

import { DatasetError } from './dataset-error.ts'

export interface ClassLabels {
  readonly classNames: readonly string[]
  /** One class per sample. */
  readonly labels: Uint16Array
}

export const classLimit = 1000

/**
 * Whole numbers, in the order of numbers.
 * @param what the numbers are, for messages
 */
export function classesOfNumbers(values: ArrayLike<number>, what: string): ClassLabels {
  const found = new Set<number>()
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isInteger(value))
      throw new DatasetError(
        `${what} holds ${value}: this trains classifiers; its target is words or whole numbers, not measures. ` +
          'Part the measures into ranges first, or name another column as the target.',
      )
    found.add(value)
    if (found.size > classLimit) throw tooManyClasses(what)
  }
  const sorted = [...found].sort((a, b) => a - b)
  const classNames = sorted.map(String)
  checkCount(classNames, what)
  const places = new Map(sorted.map((value, place) => [value, place]))
  const labels = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) labels[i] = places.get(values[i]!)!
  return { classNames, labels }
}

/** Words, in the order of their characters. `codes` are places in `words`. */
export function classesOfWords(codes: ArrayLike<number>, words: readonly string[], what: string): ClassLabels {
  if (words.length > classLimit) throw tooManyClasses(what)
  const sorted = [...words].sort()
  const places = words.map(word => sorted.indexOf(word))
  checkCount(sorted, what)
  return { classNames: sorted, labels: Uint16Array.from(codes, code => places[code]!) }
}

export const tooManyClasses = (what: string): DatasetError =>
  new DatasetError(
    `${what} holds more than ${classLimit} different values: this trains classifiers; each value would be a class.`,
  )

function checkCount(classNames: readonly string[], what: string): void {
  if (classNames.length < 2)
    throw new DatasetError(`${what} holds only "${classNames[0]}": there is nothing to tell apart.`)
}
