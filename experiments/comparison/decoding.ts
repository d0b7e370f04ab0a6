// Digits lost in decoding, for every code, beside the figures first found.

import { drawDotPlot } from '../drawing/dot-plot.ts'
import type { Look } from '../drawing/looks.ts'
import type { ExperimentOptions, Task } from '../experiment.ts'
import { codeNames, type DecodeErrors, decodeErrors, referenceErrors } from '../numerics/decode-errors.ts'
import { paragraphs, percent, picture, precise, table } from './markdown.ts'
import type { Section } from './section.ts'

export const findDecodeErrors: Task<{ readonly n: number; readonly s: number }, readonly DecodeErrors[]> = {
  name: 'comparison: decoding',
  run: ({ n, s }) => codeNames.map(code => decodeErrors(n, s, code)),
}

const lookOf: Readonly<Record<(typeof codeNames)[number], Look>> = {
  repetition: 'green',
  tree: 'violet',
  cyclic: 'grey-cross',
  'cyclic screened': 'blue',
  'nested cyclic': 'orange',
  'nested H': 'red',
}
/** The guard of exact rounds takes a decoding only if rounding may be expected to leave less. */
const guard = 1e-5

export async function decodingSection({ isQuick, spread }: ExperimentOptions): Promise<Section> {
  const cases = referenceErrors.filter(({ n }) => !isQuick || n <= 16).map(({ n, s }) => ({ n, s }))
  // The largest first: they take longest.
  const found = (await spread(findDecodeErrors, [...cases].reverse(), 'decoding, cases')).toReversed()
  const name = ({ n, s }: (typeof cases)[number]) => `n = ${n}, s = ${s}`
  const most = Math.max(...cases.map(({ n }) => n))
  const passed = Math.max(
    ...found.flat().flatMap(({ n, code, exactShare }) => (n === most && !isPlain(code) ? [exactShare] : [])),
  )
  const drawing = drawDotPlot({
    title: 'Worst relative error of a decoded gradient',
    description:
      'One row for each number of tabs n and of stragglers s, one mark for each code, on a logarithmic axis of the worst relative error.',
    axis: { name: 'worst relative error of the decoded gradient, 32-bit floats', kind: 'log' },
    kinds: codeNames.map(code => ({ name: code, look: lookOf[code] })),
    rows: cases.map((row, i) => ({ name: name(row), values: found[i]!.map(({ worstError }) => worstError) })),
    limits: [{ at: guard, name: 'what an exact round lets pass' }],
  })
  return {
    text: paragraphs(
      '## Digits lost in decoding',
      'Worst relative error over up to 216 patterns of stragglers (16 of them runs of neighbours), 32-bit sums, 64-bit ' +
        'weights; in brackets the share of the patterns that an exact round takes (expected error up to 1e-5). ' +
        '*Reference*: one draw, found by the first sketch; to be expected, not to be met.',
      picture('decoding', 'Worst relative error of a decoded gradient'),
      table(
        ['', '*reference, repetition*', '*reference, cyclic*', ...codeNames],
        cases.map((row, i) => {
          const reference = referenceErrors.find(({ n, s }) => n === row.n && s === row.s)!
          return [
            name(row),
            `*${precise(reference.repetition)}*`,
            `*${precise(reference.cyclic)}*`,
            ...found[i]!.map(({ worstError, exactShare }) => `${precise(worstError)} (${percent(exactShare)})`),
          ]
        }),
      ),
      'Repetition and tree add whole sums and lose nothing. Gaussian codes (cyclic, nested cyclic, nested H) lose digits ' +
        `with n and s even when their draws are screened: with ${most} tabs the guard refuses ${percent(1 - passed)} of the ` +
        'patterns or more, and the round waits for more answers. (The strategies cyclic-repetition and nested-cyclic ask ' +
        'for 1e-4 only, unless told otherwise.) nested H draws all levels from one matrix, so that answers of different ' +
        'levels decode together.',
    ),
    drawings: { decoding: drawing },
  }
}

/** Sums of coefficient one: nothing to be lost. */
const isPlain = (code: (typeof codeNames)[number]): boolean => code === 'repetition' || code === 'tree'
