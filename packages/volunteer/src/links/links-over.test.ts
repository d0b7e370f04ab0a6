// The life of links over peer connections that never open: deadlines, pauses, bounds. Real ones are in the command
// line's tests, where Node has them.

import type { PeerSignal } from '@muster/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LinkSettings, LinkState } from './direct-links.ts'
import { createEarlySignals } from './early-signals.ts'
import { linksOver } from './links-over.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class SilentConnection {
  static made: SilentConnection[] = []
  isClosed = false
  candidates: RTCIceCandidateInit[] = []
  createDataChannel = () => ({ readyState: 'connecting', bufferedAmount: 0, bufferedAmountLowThreshold: 0 })
  createOffer = async () => ({ type: 'offer', sdp: 'offered' })
  createAnswer = async () => ({ type: 'answer', sdp: 'answered' })
  setLocalDescription = async () => {}
  setRemoteDescription = async ({ sdp }: RTCSessionDescriptionInit) => {
    if (sdp === 'nonsense') throw new Error('nonsense')
  }
  addIceCandidate = async (candidate: RTCIceCandidateInit) => void this.candidates.push(candidate)
  constructor() {
    SilentConnection.made.push(this)
  }
  close() {
    this.isClosed = true
  }
}
const openCount = () => SilentConnection.made.filter(({ isClosed }) => !isClosed).length
beforeEach(() => {
  SilentConnection.made = []
})

function openAs(self: string, connect: () => unknown = () => new SilentConnection(), more: Partial<LinkSettings> = {}) {
  const states: [string, LinkState][] = []
  const said: [string, PeerSignal][] = []
  const links = linksOver(connect as () => RTCPeerConnection)(
    { self, iceServers: [], messageBytesMax: 1_000, ...more },
    {
      sendSignal: (...signal) => void said.push(signal),
      onState: (...state) => void states.push(state),
      onMessage: () => {},
    },
  )
  return { links, states, said }
}
const offer = (attempt: number, sdp = 'o'): PeerSignal => ({ kind: 'offer', attempt, sdp })

describe('connections that never open', () => {
  test('fail at the deadline, and are tried again after ever longer pauses, a few times', async () => {
    const { links, states, said } = openAs('a')
    links.want(['b'])
    expect(states).toEqual([['b', 'connecting']])
    await vi.advanceTimersByTimeAsync(4_999)
    expect(states).toHaveLength(1)
    expect(links.send('b', 'hello')).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(states.at(-1)).toEqual(['b', 'failed'])
    expect(openCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(states.at(-1)).toEqual(['b', 'connecting'])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(said.map(([to, { kind }]) => `${to} ${kind}`)).toEqual(Array(8).fill('b offer'))
    expect(new Set(said.map(([, { attempt }]) => attempt)).size).toBe(8)
    expect(states.at(-1)).toEqual(['b', 'failed'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('fail at the deadline where the offer is the other one’s to make', async () => {
    const { links, states } = openAs('b', undefined, { deadlineMs: 100 })
    links.want(['a'])
    await vi.advanceTimersByTimeAsync(100)
    expect(states).toEqual([
      ['a', 'connecting'],
      ['a', 'failed'],
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('fail at once where the browser forbids them', () => {
    const { links, states } = openAs('a', () => {
      throw new Error('forbidden')
    })
    links.want(['b'])
    expect(states.map(([, state]) => state)).toEqual(['connecting', 'failed'])
    links.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('are not begun twice for one wish, and end when not wanted', async () => {
    const { links, states } = openAs('a')
    links.want(['b', 'c', 'a', 'b'])
    links.want(['c', 'b'])
    expect(states).toHaveLength(2)
    links.want(['c'])
    expect(openCount()).toBe(1)
    links.close()
    links.want(['d'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toHaveLength(2)
    expect(openCount()).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('may be given up by who hears of them', () => {
    const said: string[] = []
    const links = linksOver(() => new SilentConnection() as never)(
      { self: 'a', iceServers: [], messageBytesMax: 1 },
      {
        sendSignal: () => {},
        onState(neighbour, state) {
          said.push(`${neighbour} ${state}`)
          links.want(neighbour === 'b' ? ['d'] : ['b', 'c', 'd'].slice(2))
        },
        onMessage: () => {},
      },
    )
    links.want(['b', 'c'])
    expect(said).toEqual(['b connecting', 'd connecting'])
    expect(openCount()).toBe(1)
  })
})

describe('what strangers and neighbours say', () => {
  test('a flood of offers makes no flood of connections', async () => {
    const { links, said } = openAs('b')
    links.want(['a'])
    for (let i = 0; i < 1_000; i++) links.signal('a', offer(i))
    await vi.advanceTimersByTimeAsync(0)
    expect(SilentConnection.made).toHaveLength(1)
    expect(said).toEqual([['a', { kind: 'answer', attempt: 0, sdp: 'answered' }]])
  })

  test('candidates are bounded, and those of another attempt ignored', async () => {
    const { links } = openAs('b')
    links.want(['a'])
    const candidate = { kind: 'candidate', candidate: 'c', mid: '0', line: 0 } as const
    links.signal('a', { ...candidate, attempt: 1 })
    links.signal('a', offer(1))
    for (let i = 0; i < 1_000; i++) links.signal('a', { ...candidate, attempt: 1 })
    links.signal('a', { ...candidate, attempt: 2 })
    await vi.advanceTimersByTimeAsync(0)
    expect(SilentConnection.made[0]!.candidates).toHaveLength(64)
  })

  test('an offer that cannot be read, or that is not the neighbour’s to make, does no harm', async () => {
    const { links, states } = openAs('b')
    links.want(['a', 'c'])
    links.signal('c', offer(1))
    links.signal('a', offer(1, 'nonsense'))
    await vi.advanceTimersByTimeAsync(0)
    expect(states.slice(2)).toEqual([['a', 'failed']])
    await vi.advanceTimersByTimeAsync(1_000)
    links.signal('a', offer(2))
    expect(states.at(-1)).toEqual(['a', 'connecting'])
  })

  test('an offer may come before its sender is wanted, but not long before', async () => {
    const { links, said } = openAs('b')
    links.signal('a', offer(1))
    await vi.advanceTimersByTimeAsync(4_000)
    links.want(['a'])
    await vi.advanceTimersByTimeAsync(0)
    expect(said).toHaveLength(1)
    links.signal('Z', offer(1))
    await vi.advanceTimersByTimeAsync(6_000)
    links.want(['a', 'Z'])
    await vi.advanceTimersByTimeAsync(0)
    expect(said).toHaveLength(1)
  })

  test('few strangers are remembered, and little of each', () => {
    const early = createEarlySignals(1_000, () => 0)
    for (let i = 0; i < 100; i++) early.keep(`s${i}`, offer(i))
    expect(early.take('s0')).toEqual([])
    expect(early.take('s99')).toEqual([offer(99)])
    for (let i = 0; i < 100; i++) early.keep('x', { kind: 'answer', attempt: i, sdp: '' })
    expect(early.take('x')).toHaveLength(24)
    early.keep('x', offer(1))
    early.keep('x', offer(2))
    expect(early.take('x')).toEqual([offer(2)])
    expect(early.take('x')).toEqual([])
  })
})
