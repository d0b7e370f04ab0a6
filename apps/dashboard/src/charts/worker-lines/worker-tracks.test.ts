import { describe, expect, it } from 'vitest'
import { storyRound } from '../../../stories/run-story.ts'
import { lastRoundOf, spanOf, tracksOf } from './worker-tracks.ts'

const told = (round: number, workerFigures: Record<string, Record<string, number>>) => ({
  ...storyRound(round),
  workerFigures,
})

describe('the tracks of workers', () => {
  const records = [
    storyRound(1),
    told(2, { b: { distance: 3, score: 0 } }),
    told(3, { a: { distance: 2 }, b: { distance: 1 } }),
    told(4, { c: { mood: 7 } }),
    storyRound(5),
  ]

  it('hold for each worker the rounds in which something was told of it, in the order they were first heard', () => {
    expect(tracksOf(records, ['distance', 'score'])).toEqual([
      {
        worker: 'b',
        told: [
          { round: 2, figures: { distance: 3, score: 0 } },
          { round: 3, figures: { distance: 1 } },
        ],
      },
      { worker: 'a', told: [{ round: 3, figures: { distance: 2 } }] },
    ])
  })

  it('are none where a panel describes nothing that was told', () => {
    expect(tracksOf(records, ['push'])).toEqual([])
    expect(tracksOf([], ['distance'])).toEqual([])
  })

  it('span from the first round any was heard in to the last', () => {
    const tracks = tracksOf(records, ['distance', 'mood'])
    expect(spanOf(tracks)).toEqual([2, 4])
    expect(tracks.map(lastRoundOf)).toEqual([3, 3, 4])
    expect(spanOf([])).toBeNull()
  })
})
