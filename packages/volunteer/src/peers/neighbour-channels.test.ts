import { encodeEstimateFrame, frameBytes, type Relayed } from '@muster/protocol'
import type { EstimateName, PeerWord } from '@muster/vocabulary'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { DirectLinks } from '../links/direct-links.ts'
import { createMemoryLinks } from './memory-links.ts'
import {
  createNeighbourChannels,
  type NeighbourChannels,
  type NeighbourPorts,
  type Reach,
} from './neighbour-channels.ts'

const coordinates = 3
const vector = Float32Array.of(1, -2, 0.5)
const named = (iteration: number): EstimateName => ({ generation: 1, iteration, purpose: 'mix', degree: 2 })
const finished = (iteration: number): PeerWord => ({ type: 'step-finished', generation: 1, iteration })
const offer = { kind: 'offer', attempt: 1, sdp: 'v=0' } as const

/** One peer's channels, and everything that it did and heard. */
function open(changes: Partial<NeighbourPorts> & Pick<NeighbourPorts, 'self'>) {
  const relayed: { to: readonly string[]; item: Relayed }[] = []
  const posted: Uint8Array[] = []
  const words: { from: string; word: PeerWord }[] = []
  const estimates: { from: string; name: EstimateName; vector: Float32Array }[] = []
  const reaches: Reach[] = []
  const channels = createNeighbourChannels({
    coordinates,
    iceServers: [],
    relay: (to, item) => void relayed.push({ to, item }),
    async postEstimate(frame) {
      posted.push(frame)
      return true
    },
    fetchEstimate: async () => null,
    onWord: (from, word) => void words.push({ from, word }),
    onEstimate: (from, name, of) => void estimates.push({ from, name, vector: of }),
    onReach: reach => void reaches.push(reach),
    ...changes,
  })
  opened.push(channels)
  return { channels, relayed, posted, words, estimates, reaches }
}

const opened: NeighbourChannels[] = []
afterEach(() => {
  for (const channels of opened.splice(0)) channels.close()
})

/** All that is due by promises has happened. */
const turn = () => new Promise(resolve => setImmediate(resolve))

/** a between b and c, both of whom want links to a; b's is open and c's is cut. */
function threePeers() {
  const links = createMemoryLinks()
  const openDirectLinks = links.open
  const [a, b, c] = ['a', 'b', 'c'].map(self => open({ self, openDirectLinks })) as [
    ReturnType<typeof open>,
    ReturnType<typeof open>,
    ReturnType<typeof open>,
  ]
  links.cut('a', 'c')
  a.channels.want(['b', 'c'], 'direct')
  b.channels.want(['a'], 'direct')
  c.channels.want(['a'], 'direct')
  links.settle()
  return { links, a, b, c }
}

describe('how a neighbour is reached', () => {
  test('direct where there is a link, else through the coordinator, message by message', async () => {
    const { links, a, b } = threePeers()
    a.channels.say(['b', 'c'], finished(0))
    a.channels.sendEstimate(['b', 'c'], named(0), vector)
    links.settle()
    await turn()
    expect(b.words).toEqual([{ from: 'a', word: finished(0) }])
    expect(b.estimates).toEqual([{ from: 'a', name: named(0), vector }])
    expect(a.relayed).toEqual([
      { to: ['c'], item: { word: finished(0) } },
      { to: ['c'], item: { estimate: named(0) } },
    ])
    expect(a.reaches.at(-1)).toEqual({ direct: ['b'], relayed: ['c'], none: [] })
  })

  test('a link that fails in between: what follows is relayed, and direct again when it is back', () => {
    const { links, a, b } = threePeers()
    links.cut('a', 'b')
    links.settle()
    a.channels.say(['b'], finished(1))
    expect(a.relayed).toEqual([{ to: ['b'], item: { word: finished(1) } }])
    expect(a.reaches.at(-1)).toEqual({ direct: [], relayed: ['b', 'c'], none: [] })
    links.mend('a', 'b')
    links.settle()
    a.channels.say(['b'], finished(2))
    links.settle()
    expect(a.relayed.length).toBe(1)
    expect(b.words).toEqual([{ from: 'a', word: finished(2) }])
    expect(a.reaches.at(-1)).toEqual({ direct: ['b'], relayed: ['c'], none: [] })
  })

  test('a link without room is passed by for that message alone', () => {
    const { links, a, b } = threePeers()
    links.fill('a', 'b', true)
    a.channels.say(['b'], finished(1))
    links.fill('a', 'b', false)
    a.channels.say(['b'], finished(2))
    links.settle()
    expect(a.relayed).toEqual([{ to: ['b'], item: { word: finished(1) } }])
    expect(b.words).toEqual([{ from: 'a', word: finished(2) }])
  })

  test('how neighbours are reached is told when it changes, and with every arrangement', () => {
    const { links, a } = threePeers()
    const before = a.reaches.length
    links.settle()
    a.channels.online(true)
    expect(a.reaches.length).toBe(before)
    a.channels.want(['b', 'c'], 'direct')
    expect(a.reaches.length).toBe(before + 1)
  })

  test('a neighbour of another arrangement, and rest, leave no link behind', () => {
    const { links, a, b } = threePeers()
    a.channels.want(['c'], 'direct')
    links.settle()
    a.channels.say(['b'], finished(1))
    expect(a.relayed.at(-1)).toEqual({ to: ['b'], item: { word: finished(1) } })
    a.channels.want(['b'], 'relayed')
    links.settle()
    a.channels.say(['b'], finished(2))
    links.settle()
    expect(a.relayed.at(-1)).toEqual({ to: ['b'], item: { word: finished(2) } })
    expect(links.messages).toEqual([])
    expect(b.words).toEqual([])
  })

  test('where everything is to be relayed, no link is opened, whatever is said to make one', () => {
    const links = createMemoryLinks()
    let begun = 0
    const a = open({
      self: 'a',
      openDirectLinks: (...of) => {
        begun++
        return links.open(...of)
      },
    })
    a.channels.want(['b'], 'relayed')
    a.channels.heard('b', { signal: offer })
    expect(begun).toBe(0)
    expect(a.reaches).toEqual([{ direct: [], relayed: ['b'], none: [] }])
  })

  test('what makes a link goes through the coordinator, both ways, also before the arrangement is known', () => {
    const heard: unknown[] = []
    const links: DirectLinks = {
      want: () => {},
      signal: (from, signal) => void heard.push({ from, signal }),
      send: () => false,
      close: () => {},
    }
    let sendSignal: (to: string, signal: typeof offer) => void = () => {}
    const a = open({
      self: 'a',
      openDirectLinks(settings, ports) {
        // A longer frame than its own no neighbour may begin.
        expect(settings.messageBytesMax).toBeGreaterThanOrEqual(frameBytes(coordinates))
        sendSignal = ports.sendSignal
        return links
      },
    })
    a.channels.heard('b', { signal: offer })
    expect(heard).toEqual([{ from: 'b', signal: offer }])
    a.channels.want(['b'], 'direct')
    sendSignal('b', offer)
    expect(a.relayed).toEqual([{ to: ['b'], item: { signal: offer } }])
  })
})

describe('while the coordinator is away', () => {
  test('nothing is relayed or posted, direct links go on, and who is out of reach is told', async () => {
    const { links, a, b } = threePeers()
    a.channels.online(false)
    expect(a.reaches.at(-1)).toEqual({ direct: ['b'], relayed: [], none: ['c'] })
    a.channels.say(['b', 'c'], finished(1))
    a.channels.sendEstimate(['b', 'c'], named(1), vector)
    links.settle()
    await turn()
    expect([a.relayed, a.posted]).toEqual([[], []])
    expect(b.words.length).toBe(1)
    expect(b.estimates.length).toBe(1)
    a.channels.online(true)
    expect(a.reaches.at(-1)).toEqual({ direct: ['b'], relayed: ['c'], none: [] })
    a.channels.say(['c'], finished(2))
    expect(a.relayed.length).toBe(1)
  })
})

describe('estimates through the coordinator', () => {
  test('one is posted once for several neighbours, and announced when it is there', async () => {
    let take: (isTaken: boolean) => void = () => {}
    const posted: Uint8Array[] = []
    const a = open({
      self: 'a',
      postEstimate(frame) {
        posted.push(frame)
        return new Promise(resolve => {
          take = resolve
        })
      },
    })
    a.channels.want(['b', 'c', 'd'], 'relayed')
    a.channels.sendEstimate(['b', 'c', 'd'], named(4), vector)
    await turn()
    expect(posted).toEqual([encodeEstimateFrame(named(4), vector)])
    expect(a.relayed).toEqual([])
    take(true)
    await turn()
    expect(a.relayed).toEqual([{ to: ['b', 'c', 'd'], item: { estimate: named(4) } }])
  })

  test('a neighbour that asks for one again and again does not make it upload again and again', async () => {
    const ends: (() => void)[] = []
    const a = open({
      self: 'a',
      postEstimate: () => new Promise(resolve => ends.push(() => resolve(true))),
    })
    a.channels.want(['b', 'c'], 'relayed')
    a.channels.sendEstimate(['c'], named(4), vector)
    for (let i = 0; i < 1000; i++) a.channels.sendEstimate(['b'], named(4), vector)
    await turn()
    expect(ends.length).toBe(1)
    ends[0]!()
    await turn()
    expect(a.relayed).toEqual([{ to: ['c', 'b'], item: { estimate: named(4) } }])
    // What was lost on the way can be had again.
    a.channels.sendEstimate(['b'], named(4), vector)
    a.channels.sendEstimate(['b'], named(5), vector)
    expect(ends.length).toBe(3)
  })

  test('one that the coordinator did not take, or was not there for, is not announced', async () => {
    for (const postEstimate of [async () => false, () => Promise.reject(new Error('unreachable'))]) {
      const a = open({ self: 'a', postEstimate })
      a.channels.want(['b'], 'relayed')
      a.channels.sendEstimate(['b'], named(4), vector)
      await turn()
      expect(a.relayed).toEqual([])
    }
  })

  test('what a neighbour announced is fetched by its name, and heard as its', async () => {
    const asked: unknown[] = []
    const a = open({
      self: 'a',
      async fetchEstimate(from, name) {
        asked.push([from, name])
        return encodeEstimateFrame(name, vector)
      },
    })
    a.channels.want(['b'], 'relayed')
    a.channels.heard('b', { estimate: named(7) })
    a.channels.heard('stranger', { estimate: named(7) })
    await turn()
    expect(asked).toEqual([['b', named(7)]])
    expect(a.estimates).toEqual([{ from: 'b', name: named(7), vector }])
  })

  test('a neighbour that announces without end makes it download two at a time, and holds up no other', async () => {
    const ends: (() => void)[] = []
    const begun: string[] = []
    const a = open({
      self: 'a',
      fetchEstimate(from) {
        begun.push(from)
        return new Promise(resolve => ends.push(() => resolve(null)))
      },
    })
    a.channels.want(['b', 'c'], 'relayed')
    for (let i = 0; i < 1000; i++) a.channels.heard('b', { estimate: named(i) })
    a.channels.heard('c', { estimate: named(0) })
    await turn()
    expect(begun).toEqual(['b', 'b', 'c'])
    ends[0]!()
    await turn()
    for (let i = 0; i < 1000; i++) a.channels.heard('b', { estimate: named(i) })
    expect(begun).toEqual(['b', 'b', 'c', 'b'])
  })

  test('a download that fails is as if it had not begun', async () => {
    let calls = 0
    const a = open({
      self: 'a',
      async fetchEstimate(_, name) {
        if (calls++ < 5) throw new Error('unreachable')
        return encodeEstimateFrame(name, vector)
      },
    })
    a.channels.want(['b'], 'relayed')
    for (let i = 0; i < 6; i++) {
      a.channels.heard('b', { estimate: named(i) })
      await turn()
    }
    expect(a.estimates).toEqual([{ from: 'b', name: named(5), vector }])
  })
})

describe('what comes in', () => {
  const wrong = [
    Uint8Array.of(1, 2, 3),
    encodeEstimateFrame(named(0), new Float32Array(coordinates + 1)),
    encodeEstimateFrame(named(0), new Float32Array(coordinates - 1)),
    encodeEstimateFrame(named(0), Float32Array.of(0, Number.NaN, 0)),
    encodeEstimateFrame(named(0), Float32Array.of(0, 0, Number.NEGATIVE_INFINITY)),
    encodeEstimateFrame(named(0), vector).subarray(0, -1),
  ]

  test('frames of another length, cut short, or with what is no number are heard by nobody, either way', async () => {
    const { links, a } = threePeers()
    for (const frame of wrong) links.inject('b', 'a', frame as Uint8Array<ArrayBuffer>)
    links.settle()
    expect(a.estimates).toEqual([])
    for (const frame of wrong) {
      const relayed = open({ self: 'a', fetchEstimate: async () => frame })
      relayed.channels.want(['b'], 'relayed')
      relayed.channels.heard('b', { estimate: named(0) })
      await turn()
      expect(relayed.estimates).toEqual([])
    }
    links.inject('b', 'a', encodeEstimateFrame(named(0), vector))
    links.settle()
    expect(a.estimates).toEqual([{ from: 'b', name: named(0), vector }])
  })

  test('text that is no word is heard by nobody, whatever it is', () => {
    const { links, a } = threePeers()
    const words = ['', '{', 'null', '[]', '"step-finished"', '{"type":"step-finished"}', '\u0000']
    for (const text of words) links.inject('b', 'a', text)
    links.settle()
    expect(a.words).toEqual([])
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map(value => JSON.stringify(value)),
        ),
        text => {
          links.inject('b', 'a', text)
          links.settle()
          expect(a.words).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })

  test('of a word only what belongs to it is passed on', () => {
    const { links, a } = threePeers()
    links.inject('b', 'a', JSON.stringify({ ...finished(3), from: 'c', more: 'x'.repeat(500) }))
    links.settle()
    expect(a.words).toEqual([{ from: 'b', word: finished(3) }])
  })
})

test('once closed it opens no link again, whatever is still said', () => {
  let begun = 0
  const links = createMemoryLinks()
  const a = open({
    self: 'a',
    openDirectLinks: (...of) => {
      begun++
      return links.open(...of)
    },
  })
  a.channels.want(['b'], 'direct')
  a.channels.close()
  a.channels.heard('b', { signal: offer })
  expect(begun).toBe(1)
})
