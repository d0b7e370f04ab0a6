// What the page and the pictures call things that are learnt.

import type { TrainingData } from '../learning/bring-data.ts'
import type { Setting } from './learning-tally.ts'
import type { Split, Subject } from './setting.ts'
import { lawNames } from './time-laws.ts'

export const splitNames: Readonly<Record<Split, string>> = { iid: 'i.i.d.', sorted: 'by label' }

const modelNames: Readonly<Record<Subject, string>> = { lrm: 'LRM', '2nn': '2NN', 'lrm-photographs': 'LRM' }

const dataNames: Readonly<Record<TrainingData['name'], string>> = {
  mnist: 'MNIST',
  digits: 'digits',
  cifar10: 'CIFAR-10',
}

/** Which data a subject is learnt from; null: none were brought. */
export type DatasetNames = Readonly<Record<Subject, TrainingData['name'] | null>>

export const subjectName = (subject: Subject, datasets: DatasetNames): string =>
  `${modelNames[subject]} on ${dataNames[datasets[subject] ?? 'digits']}`

export const settingName = ({ workers, law, split }: Omit<Setting, 'subject'>): string =>
  `n = ${workers}, ${lawNames[law]}, data ${splitNames[split]}`

/** Of a share, in points of a percentage with their sign. */
export const points = (difference: number, digits = 1): string =>
  `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(digits)}`
