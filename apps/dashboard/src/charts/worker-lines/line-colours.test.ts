import { describe, expect, it } from 'vitest'
import { type Colouring, coloursMax, colourTracks, linesMax, linesOf, rankTracks } from './line-colours.ts'
import type { Track } from './worker-tracks.ts'

const track = (worker: string, ...rounds: number[]): Track => ({
  worker,
  told: rounds.map(round => ({ round, figures: { x: 1 } })),
})
const many = (count: number, last = 100): Track[] =>
  Array.from({ length: count }, (_, index) => track(`w${index}`, index + 1, last + index))
const names = (tracks: readonly Track[]) => tracks.map(({ worker }) => worker)
const nobody: Colouring = new Map()

describe('who comes first', () => {
  it('is here and heard, then here and quiet, then gone', () => {
    const tracks = [track('gone', 1, 999), track('quiet', 2, 500), track('heard', 3, 1_000)]
    expect(names(rankTracks(tracks, new Set(['quiet', 'heard']), nobody))).toEqual(['heard', 'quiet', 'gone'])
  })

  it('is who has a colour among equals, else who was heard last', () => {
    const tracks = many(3)
    const present = new Set(names(tracks))
    expect(names(rankTracks(tracks, present, nobody))).toEqual(['w2', 'w1', 'w0'])
    expect(names(rankTracks(tracks, present, new Map([['w0', 4]])))).toEqual(['w0', 'w2', 'w1'])
  })
})

describe('colours', () => {
  it('go to as many as can be told apart, in the order they were first heard', () => {
    const tracks = many(12)
    const colouring = colourTracks(rankTracks(tracks, new Set(names(tracks)), nobody), nobody)
    expect([...colouring.keys()]).toEqual(names(tracks).slice(-coloursMax))
    expect([...colouring.values()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('stay with their workers while others are heard', () => {
    const tracks = many(12)
    const present = new Set(names(tracks))
    const before = colourTracks(rankTracks(tracks, present, nobody), nobody)
    const later = tracks.map(({ worker, told }, index) =>
      index < 4 ? { worker, told: [...told, { round: 200 + index, figures: { x: 1 } }] } : { worker, told },
    )
    expect(new Map(colourTracks(rankTracks(later, present, before), before))).toEqual(new Map(before))
  })

  it('of who has left go to who is here', () => {
    const tracks = many(9)
    const present = new Set(names(tracks))
    const before = colourTracks(rankTracks(tracks, present, nobody), nobody)
    expect(before.has('w0')).toBe(false)
    present.delete('w3')
    const after = colourTracks(rankTracks(tracks, present, before), before)
    expect(after.get('w0')).toBe(before.get('w3'))
    expect(after.has('w3')).toBe(false)
    expect(after.get('w5')).toBe(before.get('w5'))
  })

  it('are kept by who has left while nobody needs them', () => {
    const tracks = many(3)
    const colouring = colourTracks(rankTracks(tracks, new Set(['w0']), nobody), nobody)
    expect(colouring.size).toBe(3)
  })
})

describe('lines', () => {
  it('are the coloured, then the grey, then those of who has left; never a thicket', () => {
    const tracks = many(40)
    const present = new Set(names(tracks).slice(5))
    const ranked = rankTracks(tracks, present, nobody)
    const colouring = colourTracks(ranked, nobody)
    const lines = linesOf(ranked, present, colouring)
    expect(lines).toHaveLength(linesMax)
    expect(lines.slice(0, coloursMax).map(({ colour }) => colour)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(lines.slice(coloursMax).every(({ colour, isGone }) => colour === null && !isGone)).toBe(true)
    const few = linesOf(many(3), new Set(['w1', 'w2']), nobody)
    expect(few.map(({ track: { worker }, isGone }) => [worker, isGone])).toEqual([
      ['w1', false],
      ['w2', false],
      ['w0', true],
    ])
  })
})
