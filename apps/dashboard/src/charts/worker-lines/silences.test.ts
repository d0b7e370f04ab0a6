import { describe, expect, it } from 'vitest'
import { noise } from '../../../stories/run-story.ts'
import { silencesOf } from './silences.ts'

const every = (rest: number, from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + rest * index)

describe('silences', () => {
  it('are where a worker was not heard for many times its usual rest', () => {
    expect(silencesOf([...every(4, 1, 30), ...every(4, 200, 20)])).toEqual([[117, 200]])
  })

  it('are not the chance of who comes when', () => {
    let round = 0
    const rounds = Array.from({ length: 400 }, (_, index) => {
      round += 2 + Math.floor(5 * noise(index))
      return round
    })
    expect(silencesOf(rounds)).toEqual([])
  })

  it('are not that the fleet has grown, and everybody’s turn comes less often', () => {
    expect(silencesOf([...every(2, 1, 40), ...every(40, 119, 40)])).toEqual([])
  })

  it('are not found among too few', () => {
    expect(silencesOf([])).toEqual([])
    expect(silencesOf([3])).toEqual([])
    expect(silencesOf([3, 900])).toEqual([])
  })
})
