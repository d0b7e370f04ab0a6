// Direct links over real channels: peers in this process, connected over the loopback. Only what they say to make a
// link passes through the test.

import type { PeerSignal } from '@muster/protocol'
import type { DirectLinks, LinkSettings, LinkState, PeerMessage } from '@muster/volunteer/links'
import { RTCPeerConnection as NodePeerConnection } from 'node-datachannel/polyfill'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { loadLibrary, nodeLinks } from './node-links.ts'

const loopback = '127.0.0.1'
const open = nodeLinks(() => loadLibrary(loopback))
const megabyte = 2 ** 20

interface Peer {
  readonly links: DirectLinks
  readonly states: [neighbour: string, state: LinkState][]
  readonly messages: [from: string, message: PeerMessage][]
  readonly room: string[]
}

const peers = new Map<string, Peer>()
let listeners: (() => void)[] = []
afterEach(() => {
  for (const { links } of peers.values()) links.close()
  peers.clear()
  listeners = []
})

const changed = () => {
  for (const listener of listeners) listener()
}
function note<T>(list: T[], item: T): void {
  list.push(item)
  changed()
}
/** Resolves when something happened after which it holds. */
const until = (holds: () => boolean) =>
  new Promise<void>(resolve => {
    const look = () => {
      if (!holds()) return
      listeners = listeners.filter(listener => listener !== look)
      resolve()
    }
    listeners.push(look)
    look()
  })

function join(self: string, settings: Partial<LinkSettings> = {}, deliver = signalTo): Peer {
  const states: Peer['states'] = []
  const messages: Peer['messages'] = []
  const room: string[] = []
  const links = open(
    { self, iceServers: [], messageBytesMax: 8 * megabyte, ...settings },
    {
      sendSignal: (to, signal) => deliver(self, to, signal),
      onState: (...state) => note(states, state),
      onMessage: (...message) => note(messages, message),
      onRoom: neighbour => note(room, neighbour),
    },
  )
  const peer = { links, states, messages, room }
  peers.set(self, peer)
  return peer
}
/** As the coordinator would pass it on. */
function signalTo(from: string, to: string, signal: PeerSignal): void {
  queueMicrotask(() => peers.get(to)?.links.signal(from, JSON.parse(JSON.stringify(signal))))
}

const stateOf = (peer: Peer, neighbour: string) => peer.states.findLast(([name]) => name === neighbour)?.[1]
const isOpen = (peer: Peer, neighbour: string) => stateOf(peer, neighbour) === 'open'
const heardFrom = (peer: Peer, neighbour: string) =>
  peer.messages.filter(([from]) => from === neighbour).map(([, message]) => message)
const tensor = (bytes: number, seed: number) => new Uint8Array(bytes).map((_, i) => (i * 31 + (i >> 8) + seed) % 251)

async function pair(settings: Partial<LinkSettings> = {}): Promise<[Peer, Peer]> {
  const a = join('a', settings)
  const b = join('b', settings)
  a.links.want(['b'])
  b.links.want(['a'])
  await until(() => isOpen(a, 'b') && isOpen(b, 'a'))
  return [a, b]
}

describe('two peers', () => {
  test('exchange words both ways, in order', async () => {
    const [a, b] = await pair()
    expect(a.states).toEqual([
      ['b', 'connecting'],
      ['b', 'open'],
    ])
    const words = Array.from({ length: 200 }, (_, i) => `word ${i} \u{1f600}`)
    for (const word of words) {
      expect(a.links.send('b', word)).toBe(true)
      expect(b.links.send('a', word)).toBe(true)
    }
    await until(() => a.messages.length === 200 && b.messages.length === 200)
    expect(heardFrom(a, 'b')).toEqual(words)
    expect(heardFrom(b, 'a')).toEqual(words)
  })

  test('exchange five megabytes both ways at once, in order, also nothing and one byte', async () => {
    const [a, b] = await pair()
    const sizes = [5_000_000, 0, 1, 16_384, 16_385]
    for (const [i, size] of sizes.entries()) {
      expect(a.links.send('b', tensor(size, i))).toBe(true)
      expect(b.links.send('a', tensor(size, i + 10))).toBe(true)
    }
    await until(() => a.messages.length === sizes.length && b.messages.length === sizes.length)
    for (const [i, size] of sizes.entries()) {
      expect(Buffer.compare(heardFrom(b, 'a')[i] as Uint8Array, tensor(size, i))).toBe(0)
      expect(Buffer.compare(heardFrom(a, 'b')[i] as Uint8Array, tensor(size, i + 10))).toBe(0)
    }
  })

  test('a word overtakes the tensors that wait', async () => {
    const [a, b] = await pair()
    let sent = 0
    while (a.links.send('b', new Uint8Array(8 * megabyte))) sent++
    a.links.send('b', 'soon')
    await until(() => b.messages.length === sent + 1)
    expect(heardFrom(b, 'a').indexOf('soon')).toBeLessThan(sent)
  })

  test('two of the longest messages wait, no third; when there is room it is said', async () => {
    const messageBytesMax = 4 * megabyte
    const [a, b] = await pair({ messageBytesMax })
    expect(a.links.send('b', new Uint8Array(messageBytesMax + 1))).toBe(false)
    const message = tensor(messageBytesMax, 1)
    let sent = 0
    while (a.links.send('b', message)) sent++
    // What the channel itself holds, and what has left meanwhile, comes to it.
    expect(sent).toBeGreaterThanOrEqual(2)
    expect(sent).toBeLessThan(20)
    await until(() => a.room.length > 0)
    expect(a.links.send('b', message)).toBe(true)
    await until(() => b.messages.length === sent + 1)
  })

  test('words that are not taken away are bounded, and go on', async () => {
    const [a, b] = await pair()
    expect(a.links.send('b', 'x'.repeat(65_537))).toBe(false)
    let sent = 0
    while (a.links.send('b', 'x'.repeat(65_536))) sent++
    expect(sent).toBeLessThan(100)
    await until(() => a.room.length > 0)
    expect(a.links.send('b', 'more')).toBe(true)
    await until(() => b.messages.length === sent + 1)
  })

  test('who closes is lost to the other, and found again when it comes back', async () => {
    const [a, b] = await pair({ retryMs: 20 })
    b.links.close()
    await until(() => stateOf(a, 'b') === 'failed')
    expect(a.links.send('b', 'anybody?')).toBe(false)
    const again = join('b', { retryMs: 20 })
    again.links.want(['a'])
    await until(() => isOpen(a, 'b') && isOpen(again, 'a'))
  })

  test('who is not wanted any more is left, and may be wanted again', async () => {
    const [a, b] = await pair({ retryMs: 20 })
    a.links.want([])
    expect(a.links.send('b', 'gone')).toBe(false)
    await until(() => stateOf(b, 'a') === 'failed')
    expect(stateOf(a, 'b')).toBe('open')
    b.links.want([])
    a.links.want(['b'])
    b.links.want(['a'])
    await until(() => isOpen(a, 'b') && isOpen(b, 'a') && a.states.length === 4)
    expect(b.links.send('a', 'back')).toBe(true)
    await until(() => a.messages.length === 1)
  })

  test('an offer that comes before its sender is wanted is kept', async () => {
    const a = join('a')
    const b = join('b')
    let said = 0
    const early = join('c', {}, (from, to, signal) => {
      said++
      signalTo(from, to, signal)
      changed()
    })
    const d = join('d')
    early.links.want(['d'])
    await until(() => said >= 1)
    d.links.want(['c'])
    await until(() => isOpen(d, 'c') && isOpen(early, 'd'))
    expect([...a.states, ...b.states]).toEqual([])
  })
})

describe('four peers', () => {
  const names = ['a', 'b', 'c', 'd']
  const othersOf = (name: string) => names.filter(other => other !== name)

  async function all(settings: Partial<LinkSettings> = {}): Promise<Peer[]> {
    const everybody = names.map(name => join(name, settings))
    for (const [i, name] of names.entries()) everybody[i]!.links.want(names.slice().concat(name))
    await until(() => everybody.every((peer, i) => othersOf(names[i]!).every(other => isOpen(peer, other))))
    return everybody
  }

  test('everybody talks with everybody', async () => {
    const everybody = await all()
    for (const [i, peer] of everybody.entries())
      for (const other of othersOf(names[i]!)) expect(peer.links.send(other, tensor(megabyte, i))).toBe(true)
    await until(() => everybody.every(({ messages }) => messages.length === 3))
    for (const peer of everybody)
      for (const [from, message] of peer.messages)
        expect(Buffer.compare(message as Uint8Array, tensor(megabyte, names.indexOf(from)))).toBe(0)
  })

  test('who sends too much loses its link; the others keep theirs', async () => {
    const everybody = names.map(name =>
      join(name, { messageBytesMax: name === 'd' ? 2 * megabyte : megabyte, retryMs: 5 }),
    )
    for (const peer of everybody) peer.links.want(names)
    await until(() => everybody.every((peer, i) => othersOf(names[i]!).every(other => isOpen(peer, other))))
    const [a, b, , d] = everybody as [Peer, Peer, Peer, Peer]
    expect(d.links.send('a', new Uint8Array(megabyte + 1))).toBe(true)
    await until(() => stateOf(a, 'd') === 'failed' && stateOf(d, 'a') === 'failed')
    expect(a.links.send('b', 'still here')).toBe(true)
    expect(d.links.send('b', 'here too')).toBe(true)
    await until(() => b.messages.length === 2)
    // It may be wanted anew.
    for (const peer of [a, d]) peer.links.want(['b'])
    a.links.want(['b', 'd'])
    d.links.want(['a', 'b'])
    await until(() => isOpen(a, 'd') && isOpen(d, 'a'))
  })

  test('signals that fit no schema, of strangers or of nonsense, harm nobody', async () => {
    const [a, b] = (await all({ retryMs: 5 })) as [Peer, Peer, Peer, Peer]
    const nonsense: unknown[] = [
      null,
      7,
      'offer',
      {},
      { kind: 'offer', attempt: 1 },
      { kind: 'offer', attempt: 1, sdp: 'x'.repeat(10_000) },
      { kind: 'offer', attempt: 1, sdp: '' },
      { kind: 'offer', attempt: 1, sdp: 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n' },
      { kind: 'answer', attempt: 1, sdp: 'v=0\r\n' },
      { kind: 'candidate', attempt: 1, candidate: 'candidate:1 1 UDP 1 999.0.0.1 9 typ host', mid: '0', line: 0 },
    ]
    for (const signal of nonsense)
      for (const from of ['a', 'stranger', ...Array.from({ length: 50 }, (_, i) => `s${i}`)])
        b.links.signal(from, signal as PeerSignal)
    // The link to the one who seemed to speak is lost, or not; every other is whole.
    for (const [name, peer] of [...peers].filter(([name]) => name !== 'b')) {
      expect(b.links.send(name, 'hello') || name === 'a').toBe(true)
      if (name !== 'a') await until(() => peer.messages.length === 1)
    }
    expect(isOpen(a, 'c')).toBe(true)
    await until(() => isOpen(a, 'b') && isOpen(b, 'a'))
  })
})

describe('a neighbour that breaks the rules', () => {
  type Break = (channels: { words: RTCDataChannel; bytes: RTCDataChannel; peer: RTCPeerConnection }) => void
  const header = (...fields: number[]) => new Uint8Array(Uint32Array.of(...fields).buffer)
  const breaks: Record<string, Break> = {
    'bytes that are no chunk': ({ bytes }) => bytes.send(new Uint8Array(3)),
    'a message longer than allowed': ({ bytes }) =>
      bytes.send(Uint8Array.of(...header(0, 2 ** 31, 0), ...new Uint8Array(16_384))),
    'a chunk out of order': ({ bytes }) => bytes.send(Uint8Array.of(...header(0, 20_000, 16_384), 1)),
    'a string among the bytes': ({ bytes }) => bytes.send('word'),
    'bytes among the words': ({ words }) => words.send(new Uint8Array(10)),
    'a word that is too long': ({ words }) => words.send('x'.repeat(70_000)),
    'a channel of its own': ({ peer }) => void peer.createDataChannel('more'),
  }

  /** Answers offers as it should, and then does as it likes. */
  function joinHostile(name: string, act: Break): { offers: number } {
    const seen = { offers: 0 }
    let peer: RTCPeerConnection
    let attempt = 0
    const say = (signal: PeerSignal) => signalTo(name, 'a', signal)
    const describe = async (sdp: string) => {
      peer = new NodePeerConnection({ bindAddress: loopback } as never) as unknown as RTCPeerConnection
      peer.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate)
          say({ kind: 'candidate', attempt, candidate: candidate.candidate, mid: candidate.sdpMid, line: null })
      }
      await peer.setRemoteDescription({ type: 'offer', sdp })
      const words = peer.createDataChannel('words', { negotiated: true, id: 0 })
      const bytes = peer.createDataChannel('bytes', { negotiated: true, id: 1 })
      bytes.onopen = () => act({ words, bytes, peer })
      say({ kind: 'answer', attempt, sdp: (await peer.createAnswer()).sdp ?? '' })
    }
    const links = {
      want() {},
      send: () => false,
      close: () => peer?.close(),
      signal(_from: string, signal: PeerSignal) {
        attempt = signal.attempt
        if (signal.kind === 'offer') {
          seen.offers++
          describe(signal.sdp)
        } else if (signal.kind === 'candidate')
          peer.addIceCandidate({ candidate: signal.candidate, sdpMid: signal.mid }).catch(() => {})
      },
    } satisfies DirectLinks
    peers.set(name, { links, states: [], messages: [], room: [] })
    return seen
  }

  test.each(Object.entries(breaks))('loses its link for good by %s; others keep theirs', async (_, act) => {
    const [a, b] = await pair({ retryMs: 5 })
    const hostile = joinHostile('z', act)
    a.links.want(['b', 'z'])
    await until(() => stateOf(a, 'z') === 'failed')
    for (let i = 0; i < 20; i++) {
      a.links.want(['b', 'z'])
      a.links.send('b', tensor(100_000, i))
      b.links.send('a', tensor(100_000, i))
      await until(() => heardFrom(a, 'b').length === i + 1 && heardFrom(b, 'a').length === i + 1)
    }
    expect(hostile.offers).toBe(1)
    expect(stateOf(a, 'z')).toBe('failed')
    expect(heardFrom(a, 'z')).toEqual([])
  })
})

describe('without the library', () => {
  test('every link fails, and a sentence says so once', async () => {
    const complain = vi.fn()
    const openNothing = nodeLinks(() => Promise.reject(new Error('no such file')), complain)
    const states: [string, LinkState][] = []
    const ports = {
      sendSignal: () => {},
      onMessage: () => {},
      onState: (...state: [string, LinkState]) => note(states, state),
    }
    const settings = { self: 'a', iceServers: [], messageBytesMax: 1 }
    const links = openNothing(settings, ports)
    openNothing(settings, ports).close()
    links.want(['a', 'b'])
    links.signal('b', { kind: 'answer', attempt: 1, sdp: '' })
    await until(() => states.length === 1)
    links.want(['b', 'c'])
    expect(states).toEqual([
      ['b', 'failed'],
      ['c', 'failed'],
    ])
    expect(links.send('b', 'hello')).toBe(false)
    expect(complain.mock.calls).toEqual([[expect.stringContaining('no such file')]])
  })
})
