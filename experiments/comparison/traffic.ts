// What each strategy uploads, beside the least that could do.

import { parameterCount } from '@muster/simulator'
import type { FoundCell } from './cells.ts'
import { contestants, written } from './contestants.ts'
import { fixed, paragraphs, table } from './markdown.ts'
import type { Section } from './section.ts'

const megabyte = 1e6
const vectorBytes = 4 * parameterCount

export function trafficSection(cells: readonly FoundCell[]): Section {
  const sizes = [16, 64].filter(n => cells.some(cell => cell.workers === n))
  const chances = [0, 0.05]
  const columns = sizes.flatMap(workers => chances.map(vanish => ({ workers, vanish })))
  const found = (name: string, { workers, vanish }: (typeof columns)[number]) =>
    cells.find(
      cell =>
        cell.world === 'jitter' && cell.workers === workers && cell.vanish === vanish && cell.contestant.name === name,
    )?.cell
  const both = (uploads: number | undefined, bytes: number | undefined) =>
    uploads === undefined ? ['–', '–'] : [fixed(uploads, 1), fixed(bytes! / megabyte, 1)]
  return {
    text: paragraphs(
      '## Uploads and bytes',
      `World \`jitter\`, persistent speeds, a model of ${parameterCount} numbers (a vector is ${fixed(vectorBytes / megabyte, 2)} MB). ` +
        'Uploads of a round, used or not, and megabytes toward the coordinator with frames and control messages.',
      table(
        [
          '',
          ...columns.flatMap(({ workers, vanish }) => [
            `n = ${workers}${vanish === 0 ? '' : ', 5 % vanish'}: uploads`,
            'MB',
          ]),
        ],
        [
          ['*floor: one answer with the whole sum*', ...columns.flatMap(() => both(1, vectorBytes))],
          [
            '*uncoded: one answer of each tab*',
            ...columns.flatMap(({ workers }) => both(workers, workers * vectorBytes)),
          ],
          ...contestants.map(contestant => [
            written(contestant),
            ...columns.flatMap(column => {
              const cell = found(contestant.name, column)
              return both(cell?.uploads, cell?.bytesUp)
            }),
          ]),
        ],
      ),
      'Settings are those that were fastest in the section on round times: a work queue of fewer chunks uploads less and ' +
        'balances worse.',
    ),
    drawings: {},
  }
}
