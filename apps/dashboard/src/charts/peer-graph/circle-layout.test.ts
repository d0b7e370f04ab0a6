import { describe, expect, it } from 'vitest'
import { peersStory } from '../../../stories/peers-story.ts'
import { layoutCircle, linkPaths, treePath } from './circle-layout.ts'
import { iterationsMax, readNet } from './peer-net.ts'

const netOf = (count: number) => readNet(peersStory(count).snapshot(100).strategy.panel!.graph!)
const countOf = (text: string): number => text.split('M').length - 1

describe('the circle', () => {
  const widths = [120, 286, 410, 480, 1200]
  it.each([0, 1, 2, 3, 8, 14, 15, 40, 64, 200])('keeps %i peers, nodes and names, within the drawing', count => {
    for (const available of widths) {
      const { width, height, places, nodeRadius, hasLabels } = layoutCircle(count, available)
      expect(width).toBeLessThanOrEqual(Math.max(120, available))
      expect(places).toHaveLength(count)
      for (const { x, y, label } of places) {
        expect(Math.min(x, y, width - x, height - y)).toBeGreaterThan(nodeRadius)
        if (!hasLabels || label.turn !== 0) continue
        const ends = { start: [0, 53], middle: [-27, 27], end: [-53, 0] }[label.anchor]
        if (available >= 286 && count <= 14) expect(label.x + ends[0]!).toBeGreaterThanOrEqual(0)
        if (available >= 286 && count <= 14) expect(label.x + ends[1]!).toBeLessThanOrEqual(width)
      }
    }
  })

  it('begins at the top and goes clockwise', () => {
    const [top, right, bottom, left] = layoutCircle(4, 400).places
    expect(top!.x).toBeCloseTo(bottom!.x)
    expect(top!.y).toBeLessThan(bottom!.y)
    expect(right!.x).toBeGreaterThan(left!.x)
    expect([top, right, bottom, left].map(place => place!.label.anchor)).toEqual(['middle', 'start', 'middle', 'end'])
  })

  it('has nodes that do not touch', () => {
    for (const available of widths) {
      const { places, nodeRadius } = layoutCircle(64, available)
      const [a, b] = places
      if (available > 200) expect(Math.hypot(a!.x - b!.x, a!.y - b!.y)).toBeGreaterThan(2 * nodeRadius)
    }
  })

  it('turns names to spokes where there are many, never upside down, and drops them where there is no room', () => {
    const { places, hasLabels } = layoutCircle(64, 480)
    expect(hasLabels).toBe(true)
    for (const { label } of places) expect(Math.abs(((label.turn + 540) % 360) - 180)).toBeLessThanOrEqual(90.001)
    expect(layoutCircle(64, 286).hasLabels).toBe(false)
    expect(layoutCircle(8, 286).hasLabels).toBe(true)
  })

  it('is as high for one snapshot as for the next', () => {
    expect(layoutCircle(0, 400).height).toBe(layoutCircle(8, 400).height)
  })
})

describe('the links', () => {
  const net = netOf(64)
  const { places } = layoutCircle(64, 480)
  const newest = net.iterations.at(-1)

  it('are all drawn once, in few paths, the active ones last', () => {
    const paths = linkPaths(net, places, newest)
    expect(paths.reduce((sum, { d }) => sum + countOf(d), 0)).toBe(net.links.length)
    expect(paths.length).toBeLessThanOrEqual(30)
    const firstActive = paths.findIndex(({ isActive }) => isActive)
    expect(paths.slice(firstActive).every(({ isActive }) => isActive)).toBe(true)
    expect(paths.slice(firstActive).reduce((sum, { d }) => sum + countOf(d), 0)).toBe(newest!.active.size)
  })

  it('are drawn by how often they were active', () => {
    const links = [0, iterationsMax].map((activeIn, at) => ({ ...net.links[at]!, way: 'direct' as const, activeIn }))
    const paths = linkPaths({ ...net, links }, places, undefined)
    expect(paths.map(({ level }) => level)).toEqual([0, 4])
  })

  it('may be those of one peer only', () => {
    const own = linkPaths(net, places, newest, ({ one }) => one === 0)
    expect(own.reduce((sum, { d }) => sum + countOf(d), 0)).toBe(net.links.filter(({ one }) => one === 0).length)
  })

  it('of the tree reach everybody', () => {
    expect(countOf(treePath(net, places))).toBe(63)
    expect(treePath(netOf(1), places)).toBe('')
  })
})
