import type { PanelFigure } from '@muster/protocol'
import { describe, expect, it } from 'vitest'
import { storyRound } from '../../stories/run-story.ts'
import { redundancyCost } from './redundancy-cost.ts'

const record = (round: number, given: object) => ({ ...storyRound(round), ...given })
const kept: PanelFigure = { key: 'kept', title: 'Kept', meaning: '', unit: 'share', isSaving: true }
const spared: PanelFigure = { key: 'spared', title: 'Spared', meaning: '', unit: 'ms', isSaving: true }
const moved: PanelFigure = { key: 'moved', title: 'Moved', meaning: '', unit: 'share' }

describe('what redundancy costs', () => {
  it('is not known before the first round', () => {
    expect(redundancyCost([], 10, [])).toBeNull()
  })

  it('is a mean over the last twenty rounds', () => {
    const old = record(1, { load: 9, redundancy: 9, reissued: 90 })
    const rounds = Array.from({ length: 20 }, (_, i) =>
      record(i + 2, { load: i % 2 ? 1.5 : 1.1, redundancy: 1.25, reissued: i % 2 ? 4 : 0 }),
    )
    const cost = redundancyCost([old, ...rounds], 10, [])!
    expect(cost).toMatchObject({ rounds: 20, onPurpose: 0.25, again: 0.2, savings: [] })
    expect(cost.beyond).toBeCloseTo(0.3)
  })

  it('is nothing where less was computed than a whole round needs', () => {
    expect(redundancyCost([record(1, { load: 0.8, redundancy: 1, reissued: 0 })], 10, [])).toMatchObject({
      beyond: 0,
      onPurpose: 0,
      again: 0,
    })
  })

  it('is set against what the strategy says it saved, over the rounds that tell', () => {
    const rounds = [
      record(1, { ms: 100, figures: {} }),
      record(2, { ms: 300, figures: { kept: 0.1, spared: 40, moved: 0.5 } }),
      record(3, { ms: 200, figures: { kept: 0.3, spared: 60, moved: 0.5 } }),
    ]
    const { savings } = redundancyCost(rounds, 10, [moved, kept, spared])!
    expect(savings.map(({ figure, value, share }) => [figure.key, value, share])).toEqual([
      ['kept', 0.2, 0.2],
      ['spared', 50, 0.25],
    ])
    expect(redundancyCost(rounds.slice(0, 1), 10, [kept])!.savings).toEqual([])
  })
})
