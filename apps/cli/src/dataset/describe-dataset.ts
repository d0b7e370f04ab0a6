// What was understood of a data set, for people and as JSON.

import type { Kind } from '@muster/datasets'
import type { Column, Content, Dataset } from '@muster/workloads'
import { columnsOfText, figure } from './columns-of-text.ts'
import { preview, printable } from './preview.ts'

export interface Understood {
  readonly kind: Kind
  readonly dataset: Dataset
  /** Sentences of the reader. */
  readonly notes: readonly string[]
}

const classesShown = 20
const columnsShown = 20

export function describeDataset({ dataset, notes }: Understood): string {
  const { name, title, classNames, columns } = dataset
  const isText = dataset.train.kind === 'text'
  return [
    `${name}: ${title}`,
    ...notes.map(note => `  ${note}`),
    `  ${describeSize(dataset)}`,
    '',
    ...(isText ? ['Characters, each a class:', `  ${printable(classNames.join(''))}`] : classTable(dataset)),
    ...(columns ? ['', ...columnTable(columns)] : []),
    '',
    isText ? 'How the training text begins:' : 'The first training samples:',
    ...preview(dataset),
  ].join('\n')
}

function describeSize({ inputShape, train, test, classes }: Dataset): string {
  const counts = `${grouped(lengthOf(train))} for training, ${grouped(lengthOf(test))} for testing`
  if (train.kind === 'text') return `${classes} different characters; ${counts}.`
  const numbers = train.inputs instanceof Float32Array ? 'floats' : 'bytes'
  return `${inputShape.join(' × ')} ${numbers} a sample; ${classes} classes; samples: ${counts}.`
}

function classTable(dataset: Dataset): string[] {
  const counts = classCounts(dataset)
  const rows = counts
    .slice(0, classesShown)
    .map(({ name, train, test }) => [printable(name), grouped(train), grouped(test)])
  return [...columnsOfText([['class', 'training', 'test'], ...rows], ''), ...remaining(counts.length, classesShown)]
}

function columnTable(columns: readonly Column[]): string[] {
  const rows = columns
    .slice(0, columnsShown)
    .map(column =>
      'values' in column
        ? [printable(column.name), '', '', printable(column.values.join(', '))]
        : [printable(column.name), figure(column.mean), figure(column.deviation), ''],
    )
  return [
    ...columnsOfText([['column', 'mean', 'deviation', 'values'], ...rows], ''),
    ...remaining(columns.length, columnsShown),
  ]
}

const remaining = (count: number, shown: number): string[] => (count > shown ? [`and ${count - shown} more`] : [])

/** All of it, for programs. */
export function datasetJson({ kind, dataset, notes }: Understood): Record<string, unknown> {
  const { name, title, inputShape, columns, train, test } = dataset
  return {
    name,
    title,
    kind,
    notes,
    inputShape,
    numbers: train.kind === 'text' ? 'tokens' : train.inputs instanceof Float32Array ? 'float32' : 'uint8',
    training: lengthOf(train),
    test: lengthOf(test),
    classes: classCounts(dataset),
    ...(columns ? { columns } : {}),
    preview: preview(dataset),
  }
}

interface ClassCount {
  readonly name: string
  readonly train: number
  readonly test: number
}

function classCounts({ classNames, train, test }: Dataset): ClassCount[] {
  const countsOf = (content: Content) => {
    const counts = classNames.map(() => 0)
    for (const label of content.kind === 'text' ? content.tokens : content.labels) counts[label]!++
    return counts
  }
  const [training, testing] = [countsOf(train), countsOf(test)]
  return classNames.map((name, label) => ({ name, train: training[label]!, test: testing[label]! }))
}

/** Samples of rows, characters of a text. */
const lengthOf = (content: Content): number => (content.kind === 'text' ? content.tokens.length : content.count)

const grouped = (count: number): string => count.toLocaleString('en')
