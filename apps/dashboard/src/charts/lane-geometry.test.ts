import { describe, expect, it } from 'vitest'
import { storySnapshot } from '../../stories/run-story.ts'
import { countFates, drawLanes, fates, fatesIn, lanesWorkers, rowHeight, totalFates } from './lane-geometry.ts'

const { lanes, workers } = storySnapshot('busy', 120)
const present = workers.map(({ worker }) => worker)

const numbersIn = (path: string): number[] => [...path.matchAll(/M(-?[\d.]+) /g)].map(match => Number(match[1]))

describe('the lanes', () => {
  it('have a row for everybody present, then for those who left', () => {
    const rows = lanesWorkers(lanes, present)
    expect(rows.slice(0, present.length)).toEqual(present)
    expect(rows).toHaveLength(6)
    expect(drawLanes(lanes, present, 800).height).toBe(6 * rowHeight)
  })

  it('fill the width and never leave it', () => {
    const width = 800
    const drawing = drawLanes(lanes, present, width)
    const last = drawing.rounds.at(-1)!
    expect(last.left + last.width).toBeLessThanOrEqual(width)
    expect(last.left + last.width).toBeGreaterThan(width - 12)
    for (const fate of fates) {
      for (const x of [...numbersIn(drawing.computing[fate]), ...numbersIn(drawing.marks[fate])]) {
        expect(x).toBeGreaterThanOrEqual(-4)
        expect(x).toBeLessThanOrEqual(width + 4)
      }
    }
  })

  it('give each round the width of its time', () => {
    const [a, b] = drawLanes([lane(100), lane(300)], [], 420).rounds
    expect(a?.width).toBeCloseTo(100)
    expect(b?.width).toBeCloseTo(300)
  })

  it('draw nothing for no rounds', () => {
    const drawing = drawLanes([], [], 800)
    expect(drawing.rounds).toEqual([])
    expect(fates.map(fate => drawing.computing[fate] + drawing.marks[fate]).join('')).toBe('')
  })

  it('cut an answer that came after the round at its end', () => {
    const late = { ...lane(100), workers: [{ ...lane(100).workers[0]!, answeredAt: 900 }] }
    const drawing = drawLanes([late], [], 110)
    expect(numbersIn(drawing.marks.answered)).toEqual([96])
  })

  it('begin at the left edge where the work began before the round', () => {
    const begun = { ...lane(100).workers[0]!, assignedAt: -250, announcedAt: -20 }
    const drawing = drawLanes([{ ...lane(100), workers: [begun] }], [], 110)
    expect(numbersIn(drawing.computing.answered)).toEqual([0])
    expect(numbersIn(drawing.announced.answered)).toEqual([0])
  })

  it('reach the right edge where the work goes on, and end where it was dropped', () => {
    const begun = { ...lane(100).workers[0]!, assignedAt: -250, answeredAt: null }
    const workers = [
      { ...begun, fate: 'working' as const },
      { ...begun, fate: 'restarted' as const, endedAt: 40 },
    ]
    const drawing = drawLanes([{ ...lane(100), workers }], [], 110)
    expect(drawing.computing.working).toContain('h100.0')
    expect(numbersIn(drawing.marks.working)).toEqual([100])
    expect(drawing.computing.restarted).toContain('h40.0')
    expect(drawing.marks.restarted).not.toBe('')
  })
})

describe('the counts beside them', () => {
  it('name the fates that occur, in one order', () => {
    const of = (fate: 'gone' | 'working') => ({ ...lane(100).workers[0]!, fate })
    expect(
      fatesIn([
        { ...lane(100), workers: [of('gone')] },
        { ...lane(100), workers: [of('working')] },
      ]),
    ).toEqual(['working', 'gone'])
    expect(fatesIn([])).toEqual([])
    expect(totalFates([{ ...lane(100), workers: [of('gone'), of('gone')] }])).toMatchObject({ gone: 2, working: 0 })
  })

  it('count each lane once', () => {
    let total = 0
    for (const row of countFates(lanes).values()) for (const fate of fates) total += row[fate]
    expect(total).toBe(lanes.reduce((sum, round) => sum + round.workers.length, 0))
  })
})

function lane(ms: number) {
  return {
    round: ms,
    ms,
    workers: [
      {
        worker: 'w',
        fate: 'answered' as const,
        partitions: 1,
        assignedAt: 0,
        announcedAt: null,
        answeredAt: ms / 2,
        endedAt: null,
      },
    ],
  }
}
