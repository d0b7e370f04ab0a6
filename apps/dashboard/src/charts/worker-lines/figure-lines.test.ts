import type { PanelFigure } from '@muster/protocol'
import { describe, expect, it } from 'vitest'
import { alignPoints } from './align-points.ts'
import { figureLines, pointsOf } from './figure-lines.ts'

const pull: PanelFigure = { key: 'pull', title: 'Pull', meaning: '', unit: 'share' }
const distance: PanelFigure = { key: 'distance', title: 'Distance', meaning: '', unit: 'number', scale: 'log' }

const track = (worker: string, told: readonly (readonly [number, Record<string, number>])[]) => ({
  worker,
  told: told.map(([round, figures]) => ({ round, figures })),
})

describe('points in different rounds', () => {
  it('are put against one list of rounds, with nothing where a line has none', () => {
    const a = [
      { round: 2, value: 7 },
      { round: 9, value: 8 },
    ]
    const b = [{ round: 4, value: 0 }]
    expect(alignPoints([a, b], [1, 9])).toEqual({
      rounds: [1, 2, 4, 9],
      rows: [
        [null, 7, null, 8],
        [null, null, 0, null],
      ],
    })
  })
})

describe('the points of a figure', () => {
  const told = track('a', [
    [1, { distance: 0 }],
    [2, { distance: -1 }],
    [3, { distance: 2 }],
    [4, { pull: 0.1 }],
    [5, { distance: Number.NaN }],
  ])

  it('leave out what has no place on a logarithmic axis', () => {
    expect(pointsOf(told, distance)).toEqual([{ round: 3, value: 2 }])
    expect(pointsOf(told, { key: 'distance' })).toHaveLength(3)
  })
})

describe('the lines of a figure', () => {
  const a = track('a', [
    [1, { pull: 0.1, distance: 1 }],
    [3, { pull: 1, distance: 1 }],
    [5, { pull: 0.1, distance: 1 }],
  ])
  const b = track('b', [
    [2, { pull: 0.1 }],
    [6, { pull: 0.2 }],
  ])

  it('mark where a share was whole, whoever’s it was', () => {
    const { rounds, rows, whole } = figureLines([b, a], pull, [1, 6], 1)
    expect(rounds).toEqual([1, 2, 3, 5, 6])
    expect(rows[0]).toEqual([null, 0.1, null, null, 0.2])
    expect(rows[1]).toEqual([0.1, null, 1, 0.1, null])
    expect(whole).toEqual([null, null, 1, null, null])
  })

  it('mark no other number that is one, and no share that mostly is', () => {
    expect(figureLines([a], distance, [1, 5], 1).whole).toEqual([null, null, null])
    const always = track('c', [
      [1, { pull: 1 }],
      [2, { pull: 1 }],
      [3, { pull: 0.5 }],
    ])
    expect(figureLines([always], pull, [1, 3], 1).whole).toEqual([null, null, null])
  })

  it('keep the mark of a reset among ten thousand rounds', () => {
    const long = track(
      'a',
      Array.from({ length: 10_000 }, (_, index) => [index + 1, { pull: index === 4_321 ? 1 : 0.1 }] as const),
    )
    const { rounds, rows, whole } = figureLines([long], pull, [1, 10_000], 128)
    expect(rounds.length).toBeLessThan(100)
    expect(rounds[whole.indexOf(1)]).toBe(4_322)
    expect(rows[0]?.[whole.indexOf(1)]).toBe(1)
  })

  it('are none for nobody', () => {
    expect(figureLines([], pull, [], 1)).toEqual({ rounds: [], rows: [], whole: [] })
  })
})
