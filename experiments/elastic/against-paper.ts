// The paper's claims, each with the comparisons here that bear on it.

import { fixed, paragraphs, table } from '../comparison/markdown.ts'
import { bySetting } from './groups.ts'
import { type Cell, type Cells, cellKey, middle, type Ratio } from './tally.ts'
import { planOf, variantOverlap, variants } from './variants.ts'
import { adaHessianOverSgd, dynamicOverFixed, overlapOverNone } from './verdicts.ts'
import { points } from './words.ts'

interface Claim {
  readonly name: string
  readonly ratios: readonly Ratio[]
}

const isOverlapped = ({ one }: Ratio): boolean => one.overlap === variantOverlap(one.workers)
const isCurved = ({ one }: Ratio): boolean => one.optimiser === 'adahessian'

export const claimsOf = (cells: Cells): Claim[] => [
  {
    name: 'Dynamic weights improve on fixed ones under failures (DEAHES-O over EAHES-O)',
    ratios: dynamicOverFixed(cells).filter(ratio => isOverlapped(ratio) && isCurved(ratio)),
  },
  {
    name: 'Overlap helps (EAHES-O over EAHES)',
    ratios: overlapOverNone(cells).filter(
      ratio => isOverlapped(ratio) && isCurved(ratio) && ratio.one.weights === 'fixed',
    ),
  },
  {
    name: 'AdaHessian beats SGD in the workers (EAHES over EASGD)',
    ratios: adaHessianOverSgd(cells).filter(({ one }) => one.weights === 'fixed' && one.overlap === 0),
  },
]

export interface Bearing {
  readonly lower: number
  readonly sooner: number
  readonly higher: number
  /** Of the ratios of losses, and of the differences of accuracies. */
  readonly loss: number
  readonly accuracy: number
  /** Loss, way and accuracy say so, each in more than half of the cells. */
  readonly agrees: boolean
}

export function bearingOf(ratios: readonly Ratio[]): Bearing {
  const count = (isSo: (ratio: Ratio) => boolean) => ratios.filter(isSo).length
  const [lower, sooner, higher] = [
    count(({ loss }) => loss < 1),
    count(({ way }) => way < 1),
    count(({ accuracy }) => accuracy > 0),
  ]
  return {
    ...{ lower, sooner, higher },
    loss: middle(ratios.map(({ loss }) => loss)),
    accuracy: middle(ratios.map(({ accuracy }) => accuracy)),
    agrees: Math.min(lower, sooner, higher) > ratios.length / 2,
  }
}

/** So near to 1 a ratio is called no difference, whatever its side. */
const noDifference = 0.01

export function againstPaper(cells: Cells): string {
  const claims = claimsOf(cells).map(({ name, ratios }) => ({
    name,
    settings: bySetting(ratios).map(group => ({ ...group, bearing: bearingOf(group.ratios) })),
  }))
  return paragraphs(
    '### Against the paper',
    'The paper (arXiv 2409.09242) reports better convergence and better test accuracy with dynamic weights under failing ' +
      'exchanges, with overlapping data and with AdaHessian in the workers. Its exact rule, rates and figures are not known here: ' +
      'the rule that is tested is a reconstruction, the setting the one above. The cells of the grid that bear on each claim; the overlap is that of the curves.',
    ...claims.flatMap(({ name, settings }) =>
      settings.length === 0
        ? []
        : [
            `**${name}.** ${said(settings)}`,
            table(
              ['', 'cells', 'lower loss', 'median ratio', 'lower along the way', 'higher accuracy', 'median, points'],
              settings.map(({ name: setting, ratios, bearing }) => [
                setting.replace(/:.*/, ''),
                `${ratios.length}`,
                `${bearing.lower}`,
                fixed(bearing.loss, 3),
                `${bearing.sooner}`,
                `${bearing.higher}`,
                points(bearing.accuracy),
              ]),
            ),
          ],
    ),
    leaders(cells),
  )
}

function said(settings: readonly { readonly name: string; readonly bearing: Bearing }[]): string {
  const names = (isSo: (bearing: Bearing) => boolean) =>
    settings
      .filter(({ bearing }) => isSo(bearing))
      .map(({ name }) => name.replace(/:.*/, ''))
      .join('; ')
  const agreeing = names(({ agrees }) => agrees)
  const against = names(({ agrees }) => !agrees)
  const same = names(({ loss }) => Math.abs(loss - 1) < noDifference)
  return [
    agreeing === ''
      ? ''
      : `Loss, way and accuracy agree, each in more than half of the cells, under: ${ended(agreeing)}`,
    against === '' ? '' : `**These figures contradict the paper, or do not bear it out**, under: ${ended(against)}`,
    same === '' ? '' : `The losses differ by less than 1 % in the median under: ${ended(same)}`,
  ]
    .filter(text => text !== '')
    .join(' ')
}

/** Names may end in the dot of an abbreviation. */
const ended = (text: string): string => (text.endsWith('.') ? text : `${text}.`)

/** Which variant ends best, setting by setting. */
function leaders(cells: Cells): string {
  const settings = new Map(
    [...cells.values()].map(({ workers, steps, failure, split }) => [
      [workers, steps, failure, split].join(' '),
      { workers, steps, failure, split },
    ]),
  )
  const wins = new Map<string, { loss: number; accuracy: number }>()
  for (const setting of settings.values()) {
    const found = variants.flatMap(variant => {
      const cell = cells.get(cellKey(planOf(variant, setting)))
      return cell ? [{ name: variant.name, cell }] : []
    })
    if (found.length === 0) continue
    const best = (isBetter: (one: Cell, other: Cell) => boolean) =>
      found.reduce((one, other) => (isBetter(other.cell, one.cell) ? other : one)).name
    const note = (name: string, measure: 'loss' | 'accuracy') => {
      const known = wins.get(name) ?? { loss: 0, accuracy: 0 }
      wins.set(name, { ...known, [measure]: known[measure] + 1 })
    }
    note(
      best((one, other) => one.loss < other.loss),
      'loss',
    )
    note(
      best((one, other) => one.accuracy > other.accuracy),
      'accuracy',
    )
  }
  const text = (measure: 'loss' | 'accuracy') =>
    variants
      .map(({ name }) => ({ name, count: wins.get(name)?.[measure] ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count)
      .map(({ name, count }) => `${name} ${count}`)
      .join(', ')
  return `Of the published variants the lowest loss at the end in ${settings.size} settings of k, τ, failure and split: ${text('loss')}; the highest accuracy: ${text('accuracy')}.`
}
