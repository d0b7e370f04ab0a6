// What the figures say, in words made from them: whatever they turn out to be, the sentences are the same.

import { fixed, paragraphs, table } from '../comparison/markdown.ts'
import { type Family, protagonist, rivals, saRival, unbounded } from './methods.ts'
import { learningRates } from './setting.ts'
import { reachedText } from './tables.ts'
import {
  bestBy,
  bestOf,
  type Cell,
  cellName,
  type Measure,
  meanSpent,
  ratioOf,
  type Summary,
  summaryOf,
} from './tally.ts'

const claimed = 1.05

const list = (parts: readonly string[]): string => (parts.length === 0 ? 'none' : parts.join('; '))

interface Compared {
  readonly name: string
  readonly one: Summary
  readonly other: Summary
  readonly ratio: ReturnType<typeof ratioOf>
}

const ratioTable = (compared: readonly Compared[]): string =>
  table(
    ['', 'reached', 'time', 'uploads', 'updates', 'ahead in time'],
    compared.map(({ name, one, other, ratio }) => [
      name,
      `${reachedText(one)} and ${reachedText(other)}`,
      ...(ratio
        ? [fixed(ratio.time), fixed(ratio.uploads), fixed(ratio.updates), `${ratio.ahead} of ${ratio.pairs}`]
        : ['–', '–', '–', '–']),
    ]),
  )

export function againstSaAdasync(cells: readonly Cell[]): string {
  const compared = cells.flatMap(cell =>
    learningRates.flatMap(rate => {
      const [one, other] = [summaryOf(cell, protagonist, rate), summaryOf(cell, saRival, rate)]
      return one && other ? [{ name: `${cellName(cell)}, η = ${rate}`, one, other, ratio: ratioOf(one, other) }] : []
    }),
  )
  const known = compared.flatMap(({ name, ratio }) => (ratio ? [{ name, ratio }] : []))
  const within = (measure: Measure) => known.filter(({ ratio }) => ratio[measure] <= claimed)
  const beyond = known.filter(({ ratio }) => ratio.time > claimed || ratio.uploads > claimed)
  const times = known.map(({ ratio }) => ratio.time)
  return paragraphs(
    `### ${protagonist} against ${saRival}`,
    `The first over the second, on the seeds in which both reached the target. The claim under test: at most ${claimed}.`,
    ratioTable(compared),
    known.length === 0
      ? 'On no seed did both reach the target.'
      : `Of ${known.length} comparisons ${within('time').length} are within ${claimed} in time and ` +
          `${within('uploads').length} in uploads; in time the ratio lies between ${fixed(Math.min(...times))} and ` +
          `${fixed(Math.max(...times))}. Beyond ${claimed}: ${list(
            beyond.map(({ name, ratio }) => `${name} (time ${fixed(ratio.time)}, uploads ${fixed(ratio.uploads)})`),
          )}.`,
  )
}

export function asynchronousAtHighRate(cells: readonly Cell[]): string {
  const [low, high] = [Math.min(...learningRates), Math.max(...learningRates)]
  const found = cells.flatMap(cell => {
    const [slow, fast] = [summaryOf(cell, unbounded, low), summaryOf(cell, unbounded, high)]
    const peers = cell.contests.flatMap(({ summaries }) => summaries.filter(({ rate }) => rate === high))
    return slow && fast ? [{ cell, slow, fast, best: bestBy(peers, 'time') }] : []
  })
  const count = (pick: (one: (typeof found)[number]) => number) => found.reduce((sum, one) => sum + pick(one), 0)
  const runs = count(({ fast }) => fast.rows.length)
  return paragraphs(
    `### ${unbounded} at the higher rate`,
    table(
      ['', `η = ${low}: reached`, 'time', `η = ${high}: reached`, 'time', 'diverged', `fastest at η = ${high}`],
      found.map(({ cell, slow, fast, best }) => [
        cellName(cell),
        reachedText(slow),
        fixed(meanSpent(slow, 'time'), 1),
        reachedText(fast),
        fixed(meanSpent(fast, 'time'), 1),
        `${fast.diverged}/${fast.rows.length}`,
        withTime(best),
      ]),
    ),
    `At η = ${high} ${unbounded} reached the target in ${count(({ fast }) => fast.spent.length)} of ${runs} runs and ` +
      `diverged in ${count(({ fast }) => fast.diverged)}; at η = ${low} it reached it in ` +
      `${count(({ slow }) => slow.spent.length)} of ${count(({ slow }) => slow.rows.length)}.`,
  )
}

const withTime = (summary: Summary): string =>
  summary.spent.length === 0
    ? 'nobody'
    : `${summary.method.name}, ${fixed(meanSpent(summary, 'time'), 1)} (${reachedText(summary)})`

export function winners(cells: readonly Cell[]): string {
  const bestIn = ({ contests }: Cell, family: Family, measure: Measure): Summary => {
    const own = contests.filter(({ method }) => method.family === family)
    return bestBy(
      own.flatMap(({ summaries }) => summaries),
      measure,
    )
  }
  const text = (summary: Summary, measure: Measure, digits: number) =>
    summary.spent.length === 0
      ? 'nobody'
      : `${summary.method.name}, η = ${summary.rate}: ${fixed(meanSpent(summary, measure), digits)} (${reachedText(summary)})`
  const row = (cell: Cell, measure: Measure, digits: number) => {
    const [stale, other] = [bestIn(cell, 'staleness', measure), bestIn(cell, 'other', measure)]
    const isStale = bestBy([stale, other], measure) === stale
    return { cells: [cellName(cell), text(stale, measure, digits), text(other, measure, digits)], isStale }
  }
  const section = (measure: Measure, digits: number, title: string) => {
    const rows = cells.map(cell => row(cell, measure, digits))
    const won = rows.filter(({ isStale }) => isStale).length
    return [
      table(
        [title, 'family of bounded staleness', 'other families'],
        rows.map(each => each.cells),
      ),
      `The family of bounded staleness is ahead in ${won} of ${rows.length} cells, the others in ${rows.length - won}.`,
    ]
  }
  return paragraphs(
    '### Who wins, family by family',
    'The best method at the better of its rates: first whoever reached the target on most seeds, then the least.',
    ...section('time', 1, 'least time'),
    ...section('uploads', 0, 'fewest uploads'),
  )
}

export function againstAbstract(cells: readonly Cell[]): string {
  const compared = cells.flatMap(cell =>
    rivals.flatMap(rival => {
      const [one, other] = [bestOf(cell, protagonist), bestOf(cell, rival)]
      return one && other ? [{ name: `${cellName(cell)}: ${rival}`, one, other, ratio: ratioOf(one, other) }] : []
    }),
  )
  const known = compared.flatMap(({ name, ratio }) => (ratio ? [{ name, ratio }] : []))
  const onlyOne = (pick: 'one' | 'other') =>
    compared.filter(({ one, other }) => {
      const [who, whom] = pick === 'one' ? [one, other] : [other, one]
      return who.spent.length > 0 && whom.spent.length === 0
    }).length
  const statement = (measure: Measure, words: string) => {
    const against = known.filter(({ ratio }) => ratio[measure] >= 1)
    return (
      `${words}: less in ${known.length - against.length} of ${known.length} comparisons; not less: ` +
      `${list(against.map(({ name, ratio }) => `${name} (${fixed(ratio[measure])})`))}.`
    )
  }
  const isAgainst = known.some(({ ratio }) => Math.max(ratio.time, ratio.uploads, ratio.updates) >= 1)
  return paragraphs(
    "### Against the paper's abstract",
    `The abstract of arXiv 2301.08895 says that ABS outperforms the state of the art in wall-clock time and in ` +
      `communication rounds; the schemes it is set against are AdaSync, SA-AdaSync and local SGD. ${protagonist} over each of them, ` +
      'both at the better of their rates, on the seeds in which both reached the target. Rounds of communication are ' +
      'counted twice here: as uploads, and as updates of the model.',
    ratioTable(compared),
    ...(known.length === 0
      ? ['On no seed did two of them reach the target.']
      : [
          statement('time', 'Time'),
          statement('uploads', 'Uploads'),
          statement('updates', 'Updates'),
          isAgainst || onlyOne('other') > 0
            ? 'In the comparisons listed as not less these figures contradict the abstract; its setting is not this one in every point, and its rule for K is not known in full.'
            : 'No comparison here contradicts the abstract.',
        ]),
    `Reached by ${protagonist} alone: ${onlyOne('one')} of ${compared.length} comparisons; by the other alone: ${onlyOne('other')}.`,
  )
}
