import type { PanelGraph } from '@muster/protocol'
import { describe, expect, it } from 'vitest'
import { iterationWords, linkWords, netWords, peerWords } from './net-words.ts'
import { awakeIn, iterationsMax, levelOf, readNet, skippedShare, waitsOf } from './peer-net.ts'
import { stepBy } from './use-pick.ts'

const edge = (one: string, other: string, link: 'direct' | 'relayed' = 'direct', isOfTree = false) => ({
  ...{ one, other, link, isOfTree },
})
const graphOf = (told: Partial<PanelGraph>): PanelGraph => ({
  ...{ title: '', meaning: '', peers: [], edges: [], iterations: [] },
  ...told,
})
/** Told in no order: the second link is c–b, the first in the order of the circle is a–b. */
const graph = graphOf({
  peers: ['a', 'b', 'c', 'd'],
  edges: [edge('d', 'a', 'relayed'), edge('c', 'b'), edge('a', 'b', 'direct', true)],
  iterations: [
    { iteration: 7, active: [2] },
    { iteration: 8, active: [1, 2] },
    { iteration: 9, active: [] },
    { iteration: 10, active: [2] },
  ],
})
const net = readNet(graph)

describe('the graph of peers', () => {
  it('has its links in the order of their ends, and what was active goes with them', () => {
    expect(net.links.map(({ one, other, activeIn }) => [one, other, activeIn])).toEqual([
      [0, 1, 3],
      [0, 3, 0],
      [1, 2, 1],
    ])
    expect(net.iterations.map(({ active }) => [...active])).toEqual([[0], [2, 0], [], [0]])
  })

  it('is the same in whatever order its links are told', () => {
    const turned = { ...graph, edges: [...graph.edges].reverse() }
    const iterations = graph.iterations.map(told => ({ ...told, active: told.active.map(at => 2 - at) }))
    expect(readNet({ ...turned, iterations })).toEqual({
      ...net,
      iterations: net.iterations.map(({ iteration, active }) => ({
        iteration,
        active: new Set([...active].reverse()),
      })),
    })
  })

  it('leaves out links of who is not there, and what was active of them', () => {
    const { links, iterations } = readNet({ ...graph, peers: ['a', 'b'] })
    expect(links).toHaveLength(1)
    expect(iterations.map(({ active }) => [...active])).toEqual([[0], [0], [], [0]])
    expect(readNet(graphOf({ iterations: [{ iteration: 1, active: [5] }] })).iterations[0]?.active.size).toBe(0)
  })

  it('tells of the last iterations only', () => {
    const many = Array.from({ length: 60 }, (_, at) => ({ iteration: at + 1, active: [0] }))
    const { iterations, links } = readNet({ ...graph, iterations: many })
    expect(iterations).toHaveLength(iterationsMax)
    expect(iterations.at(-1)?.iteration).toBe(60)
    expect(links.map(({ activeIn }) => activeIn)).toEqual([0, iterationsMax, 0])
  })

  it('says whom a peer waited for, and who were its backup workers', () => {
    expect(waitsOf(net, 1)).toEqual({ neighbours: 2, waitedFor: 1, backups: 1 })
    expect(waitsOf(net, 3)).toEqual({ neighbours: 1, waitedFor: 0, backups: 1 })
    expect(waitsOf(readNet(graphOf({ peers: ['a'] })), 0)).toEqual({ neighbours: 0, waitedFor: 0, backups: 0 })
  })

  it('says how many links were skipped, where there were any', () => {
    expect(skippedShare(net)).toBeCloseTo(1 - 4 / 12)
    expect(skippedShare(readNet({ ...graph, iterations: [] }))).toBeNull()
    expect(skippedShare(readNet({ ...graph, edges: [] }))).toBeNull()
  })

  it('knows who had an active link', () => {
    expect([...awakeIn(net, net.iterations[1]!)].sort()).toEqual([0, 1, 2])
  })

  it('tells never from seldom, and nothing beyond always', () => {
    expect([0, 0.01, 0.25, 0.26, 0.75, 0.76, 1].map(levelOf)).toEqual([0, 1, 1, 2, 3, 4, 4])
  })
})

describe('its words', () => {
  it('are a sentence for a peer', () => {
    expect(peerWords(net, 1)).toBe('b: 2 neighbours, waited for 1.0 of them in the mean; 1.0 backup workers.')
    expect(peerWords(net, 3)).toMatch(/^d: 1 neighbour, waited for 0.0/)
    expect(peerWords(readNet({ ...graph, iterations: [] }), 1)).toBe('b: 2 neighbours; no iteration yet.')
    expect(peerWords(readNet(graphOf({ peers: ['a'] })), 0)).toBe('a: alone.')
  })

  it('are one for an iteration, a link, and the whole', () => {
    expect(iterationWords(net, net.iterations[1]!)).toBe('Iteration 8: 2 of 3 links active.')
    expect(linkWords(net, 0)).toBe('a – b, direct, of the tree: active in 3 of the last 4.')
    expect(linkWords(net, 9)).toBe('')
    expect(netWords(net).replaceAll('\u00a0', ' ')).toBe(
      '4 peers, 3 links: 2 direct, 1 relayed by the coordinator. Iteration 10, the newest: 1 of 3 links active. 66.7 % of links skipped over 4 iterations.',
    )
    expect(netWords(readNet(graphOf({})))).toBe('0 peers, 0 links.')
  })
})

describe('the arrow keys', () => {
  it('lead from one to the next and stay within', () => {
    expect(stepBy('ArrowRight', -1, 5)).toBe(0)
    expect(stepBy('ArrowLeft', -1, 5)).toBe(4)
    expect(stepBy('ArrowDown', 4, 5)).toBe(4)
    expect(stepBy('ArrowUp', 0, 5)).toBe(0)
    expect(['Home', 'End', 'Tab'].map(key => stepBy(key, 2, 5))).toEqual([0, 4, null])
  })
})
