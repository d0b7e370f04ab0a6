import { describe, expect, test } from 'vitest'
import { lossProcess } from './loss-process.ts'

const draws = 40_000

function measure(isLost: () => boolean) {
  let lost = 0
  let bursts = 0
  let before = false
  for (let i = 0; i < draws; i++) {
    const now = isLost()
    if (now) lost++
    if (now && !before) bursts++
    before = now
  }
  return { share: lost / draws, burst: lost / bursts }
}

describe('losses', () => {
  test('each by itself: the share, and bursts no longer than chance makes them', () => {
    const { share, burst } = measure(lossProcess({ share: 1 / 3 }, 1))
    expect(share).toBeCloseTo(1 / 3, 2)
    expect(burst).toBeCloseTo(1.5, 1)
  })

  test.each([
    [1 / 3, 8],
    [0.5, 2],
    [0.1, 20],
  ])('in bursts: a share of %f in bursts of %f', (share, burst) => {
    const found = measure(lossProcess({ share, burst }, 'bursts'))
    expect(Math.abs(found.share / share - 1)).toBeLessThan(0.1)
    expect(Math.abs(found.burst / burst - 1)).toBeLessThan(0.1)
  })

  test('all, nothing, and the same key the same losses', () => {
    const first = (process: () => boolean) => Array.from({ length: 50 }, process)
    expect(first(lossProcess({ share: 0, burst: 3 }, 1))).not.toContain(true)
    expect(first(lossProcess({ share: 1 }, 1))).not.toContain(false)
    const losses = { share: 0.4, burst: 3 }
    expect(first(lossProcess(losses, 1, 'a'))).toEqual(first(lossProcess(losses, 1, 'a')))
    expect(first(lossProcess(losses, 1, 'a'))).not.toEqual(first(lossProcess(losses, 1, 'b')))
  })

  test('what cannot be is refused', () => {
    expect(() => lossProcess({ share: 1.1 })).toThrow(RangeError)
    expect(() => lossProcess({ share: 0.9, burst: 2 })).toThrow('bursts of 2')
    expect(() => lossProcess({ share: 0.3, burst: 0.5 })).toThrow('a burst of 0.5')
  })
})
