import { describe, expect, it } from 'vitest'
import { peersStory } from '../../../stories/peers-story.ts'
import { iterationsMax, readNet } from './peer-net.ts'
import { columnOf, iterationAt, layoutStrip, rowAt } from './strip-layout.ts'

const netOf = (count: number, round = 100) => readNet(peersStory(count).snapshot(round).strategy.panel!.graph!)
const cellsIn = (path: string): number => path.split('M').length - 1
const total = (cells: Record<number, string>): number => cellsIn(Object.values(cells).join(''))

describe('the strip', () => {
  it('has a row for each link, filled where it was active', () => {
    const net = netOf(8)
    const layout = layoutStrip(net, 900)
    expect(layout.of).toBe('links')
    expect(layout.rows.map(({ link }) => link)).toEqual(net.links.map((_, at) => at))
    expect(total(layout.cells)).toBe(net.links.reduce((sum, { activeIn }) => sum + activeIn, 0))
    expect(cellsIn(layout.cells[4])).toBe(total(layout.cells))
  })

  it('has a row for each peer where links are many, and is never a wall', () => {
    const layout = layoutStrip(netOf(64), 900)
    expect(layout.of).toBe('peers')
    expect(layout.rows).toHaveLength(64)
    expect(layout.height).toBeLessThan(460)
    expect(cellsIn(layout.cells[1])).toBeGreaterThan(0)
    expect(cellsIn(layout.cells[4])).toBeGreaterThan(0)
  })

  it('fills the width, and names its rows where there is room', () => {
    const net = netOf(8)
    for (const width of [286, 560, 962]) {
      const { left, pitch, hasNames } = layoutStrip(net, width)
      expect(left + pitch * iterationsMax).toBeCloseTo(width)
      expect(hasNames).toBe(width >= 560)
    }
  })

  it('has the newest iteration at the right, however few there are', () => {
    for (const round of [1, 5, 40, 300]) {
      const net = netOf(8, round)
      expect(columnOf(net, net.iterations.length - 1)).toBe(iterationsMax - 1)
    }
  })

  it('knows what lies under the pointer', () => {
    const net = netOf(8, 5)
    const layout = layoutStrip(net, 900)
    expect(iterationAt(net, layout, 899)).toBe(5)
    expect(iterationAt(net, layout, layout.left + layout.pitch * (iterationsMax - 5) + 1)).toBe(1)
    expect(iterationAt(net, layout, layout.left + 1)).toBeNull()
    expect(iterationAt(net, layout, 2)).toBeNull()
    expect(rowAt(layout, layout.rowHeight * 1.5)?.link).toBe(1)
    expect(rowAt(layout, layout.height + 3)).toBeNull()
  })

  it('is nothing for nobody', () => {
    expect(layoutStrip(netOf(0), 286)).toMatchObject({ rows: [], height: 0 })
    expect(layoutStrip(netOf(1), 286).height).toBe(0)
  })
})
