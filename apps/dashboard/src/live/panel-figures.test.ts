import { describe, expect, it } from 'vitest'
import { storyRound } from '../../stories/run-story.ts'
import { formatCountMark, formatFigure, roundsThatTell } from './panel-figures.ts'

describe('the rounds that tell a panel’s figures', () => {
  it('begin where its strategy came into force, and leave no later round out', () => {
    const rounds = [1, 2, 3, 4].map(round => ({ ...storyRound(round), figures: round === 3 ? { k: 4 } : {} }))
    expect(roundsThatTell(rounds, ['target', 'k']).map(({ round }) => round)).toEqual([3, 4])
    expect(roundsThatTell(rounds, ['bound'])).toEqual([])
    expect(roundsThatTell([], ['k'])).toEqual([])
  })
})

describe('a figure', () => {
  it('is written by its unit', () => {
    expect(formatFigure(1234, 'count')).toBe('1,234')
    expect(formatFigure(3.6, 'count')).toBe('4')
    expect(formatFigure(0.0625, 'share')).toMatch(/^6\.[23]\s%$/)
    expect(formatFigure(0.5, 'number')).toBe('0.50')
  })

  it('says something also where it is very small or very large', () => {
    expect([0, 0.012, -0.0641, 3e-6, 12_345.6, 4e12].map(value => formatFigure(value, 'number'))).toEqual([
      '0.00',
      '0.012',
      '-0.064',
      '3.0e-6',
      '12,346',
      '4.0e+12',
    ])
  })

  it('is short beside an axis', () => {
    expect([0, 15, 1_500, 2_000_000].map(formatCountMark)).toEqual(['0', '15', '1.5K', '2M'])
  })

  it('is a dash where it was not told', () => {
    expect(formatFigure(null, 'count')).toBe('–')
    expect(formatFigure(Number.NaN, 'number')).toBe('–')
  })
})
