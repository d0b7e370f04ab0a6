// Arrays by name as samples: images of bytes stay bytes, anything else is standardised.

import type { Column, Dataset, Rows } from '@muster/workloads'
import { classesOfNumbers } from './class-labels.ts'
import { DatasetError } from './dataset-error.ts'
import { byteLimit, limitText } from './files.ts'
import { describeShape, type NpyArray, type NpyValues } from './npy.ts'
import type { ReadOptions } from './options.ts'
import type { Report } from './report.ts'
import { pickLabels, pickRows, type Split, splitAsGiven, splitByChance } from './split.ts'
import { largestNumber, scaleOf, standardised } from './standardise.ts'

const parted = [
  ['x_train', 'y_train', 'x_test', 'y_test'],
  ['train_images', 'train_labels', 'test_images', 'test_labels'],
] as const
const whole = [
  ['x', 'y'],
  ['images', 'labels'],
  ['data', 'target'],
] as const

const featureLimit = 1_000_000

/**
 * @param from where they lie, for messages
 * @throws DatasetError that names the array, its shape and its type.
 */
export function arrangeArrays(
  given: ReadonlyMap<string, NpyArray>,
  from: string,
  options: ReadOptions,
  report: Report,
): Dataset<Rows> {
  const arrays = new Map([...given].map(([name, array]) => [name.toLowerCase(), array]))
  const names = [...parted, ...whole].find(group => group.every(name => arrays.has(name)))
  if (!names) throw new DatasetError(`${from}: ${nothingFits(given)}`)
  const others = [...arrays.keys()].filter(name => !(names as readonly string[]).includes(name))
  report.say(`Taken: ${names.join(', ')}${others.length > 0 ? `; not used: ${others.slice(0, 10).join(', ')}` : ''}.`)
  const parts: Labelled[] = []
  for (let i = 0; i < names.length; i += 2)
    parts.push(
      checked(
        { x: arrays.get(names[i]!)!, y: arrays.get(names[i + 1]!)!, xName: names[i]!, yName: names[i + 1]! },
        from,
      ),
    )
  const [first, second] = parts as [Labelled, Labelled?]
  const inputShape = shapeOfOne(first.x)
  if (second && shapeOfOne(second.x).join() !== inputShape.join())
    throw new DatasetError(
      `${from}: a sample of ${about(second.xName, second.x)} is not like one of ${about(first.xName, first.x)}.`,
    )
  const counts = parts.map(({ x }) => x.shape[0]!)
  const split = second ? splitAsGiven(counts[0]!, counts[1]!, options) : splitByChance(counts[0]!, options)
  const targets = new Float64Array(counts.reduce((sum, count) => sum + count, 0))
  targets.set(first.y.values)
  if (second) targets.set(second.y.values, counts[0])
  const labelled = classesOfNumbers(targets, `${from}: ${parts.map(({ yName }) => yName).join(' and ')}`)
  const size = inputShape.reduce((product, extent) => product * extent, 1)
  if (size > featureLimit)
    throw new DatasetError(`${from}: ${about(first.xName, first.x)} has more than ${featureLimit} numbers a sample.`)
  const fed = feed(parts, size, inputShape, split, from, report)
  const rowsOf = (rows: Uint32Array): Rows => ({
    kind: 'rows',
    count: rows.length,
    inputSize: size,
    inputs: fed.pick(rows),
    labels: pickLabels(labelled.labels, rows),
  })
  return {
    name: '',
    title: from,
    inputShape,
    classes: labelled.classNames.length,
    classNames: labelled.classNames,
    ...(fed.columns ? { columns: fed.columns } : {}),
    train: rowsOf(split.train),
    test: rowsOf(split.test),
  }
}

interface Labelled {
  readonly x: NpyArray
  readonly y: NpyArray
  readonly xName: string
  readonly yName: string
}

const about = (name: string, { dtype, shape }: NpyArray): string => `${name} (${dtype}, shape ${describeShape(shape)})`

/** Numbers of one sample; a list of single numbers has samples of one. */
const shapeOfOne = ({ shape }: NpyArray): readonly number[] => (shape.length === 1 ? [1] : shape.slice(1))

function nothingFits(given: ReadonlyMap<string, NpyArray>): string {
  const wanted = [...parted, ...whole].map(group => group.join('/')).join(', or ')
  const found = [...given].slice(0, 10).map(([name, array]) => about(name, array))
  return `arrays named ${wanted} belong here; found: ${found.join(', ') || 'none'}.`
}

function checked(part: Labelled, from: string): Labelled {
  const { x, y, xName, yName } = part
  if (x.shape.length === 0 || x.shape.slice(1).includes(0))
    throw new DatasetError(`${from}: ${about(xName, x)} holds no samples; its first extent counts them.`)
  const isList = y.shape.length === 1 || (y.shape.length === 2 && y.shape[1] === 1)
  if (!isList)
    throw new DatasetError(
      `${from}: ${about(yName, y)} must hold one class per sample; where it holds one column per class: ` +
        `np.argmax(${yName}, axis=1).`,
    )
  if (x.shape[0] !== y.shape[0])
    throw new DatasetError(`${from}: ${about(xName, x)} and ${about(yName, y)} do not hold equally many samples.`)
  return part
}

interface Fed {
  readonly columns?: readonly Column[]
  pick(rows: Uint32Array): Uint8Array | Float32Array
}

/** Rows are numbered through all parts. */
function feed(
  parts: readonly Labelled[],
  size: number,
  inputShape: readonly number[],
  split: Split,
  from: string,
  report: Report,
): Fed {
  const first = parts[0]!.x.values
  const firstCount = first.length / size
  const others = parts[1]?.x.values
  const partOf = (row: number): [NpyValues, number] =>
    row < firstCount ? [first, row * size] : [others!, (row - firstCount) * size]
  if (parts.every(({ x }) => x.dtype === 'u1' && x.shape.length >= 3)) {
    report.say('Bytes are kept as bytes; the model is fed 0 to 1.')
    const joined = others ? new Uint8Array(first.length + others.length) : (first as Uint8Array)
    if (others) {
      joined.set(first)
      joined.set(others, first.length)
    }
    return { pick: rows => pickRows(joined, size, rows) }
  }
  for (const { x, xName } of parts) checkFinite(x, xName, size, from)
  if (4 * size * (split.train.length + split.test.length) > byteLimit)
    throw new DatasetError(`${from}: as 32-bit floats its inputs need more than ${limitText}; bring fewer samples.`)
  report.say('Each feature is standardised with its mean and deviation over the training samples.')
  const at = (feature: number) => (row: number) => {
    const [values, offset] = partOf(row)
    return values[offset + feature]!
  }
  const scales = Array.from({ length: size }, (_, feature) => scaleOf(split.train, at(feature)))
  const names = featureNames(inputShape)
  return {
    columns: scales.map((scale, feature) => ({ name: names[feature]!, ...scale })),
    pick(rows) {
      const inputs = new Float32Array(rows.length * size)
      for (const [to, row] of rows.entries()) {
        const [values, offset] = partOf(row)
        for (let i = 0; i < size; i++) inputs[to * size + i] = standardised(values[offset + i]!, scales[i]!)
      }
      return inputs
    },
  }
}

function checkFinite({ values }: NpyArray, name: string, size: number, from: string): void {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]!) <= largestNumber))
      throw new DatasetError(
        `${from}: ${name} holds ${values[i]} in sample ${Math.floor(i / size)}; every input must be a number, below ${largestNumber}.`,
      )
}

/** x[0], or x[2, 1] where a sample has several dimensions. */
function featureNames(shape: readonly number[]): string[] {
  let names = ['']
  for (const extent of shape)
    names = names.flatMap(name => Array.from({ length: extent }, (_, i) => (name === '' ? `${i}` : `${name}, ${i}`)))
  return names.map(name => `x[${name}]`)
}
