// Both ends of the bridge over a real message channel, so that what is posted is cloned and transferred; the links
// behind it are played by the test.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { bridgedLinks } from './bridged-links.ts'
import type { DirectLinksPorts, LinkState, OpenDirectLinks, PeerMessage } from './direct-links.ts'
import { hostLinks } from './host-links.ts'

const settings = { self: 'me', iceServers: [{ urls: 'stun:x' }], messageBytesMax: 100_000 }

let channel: MessageChannel
beforeEach(() => {
  channel = new MessageChannel()
})
afterEach(() => {
  channel.port1.close()
  channel.port2.close()
})

/** The page's links, as told; `room` is what they still take. */
function build() {
  const calls: unknown[] = []
  const page = { ports: null as DirectLinksPorts | null, room: Number.POSITIVE_INFINITY, calls }
  const open: OpenDirectLinks = (given, ports) => {
    calls.push(['open', given])
    page.ports = ports
    return {
      want: neighbours => void calls.push(['want', neighbours]),
      signal: (...signal) => void calls.push(['signal', ...signal]),
      send(to, message) {
        if (page.room <= 0) return false
        page.room--
        calls.push(['send', to, message])
        return true
      },
      close: () => void calls.push(['close']),
    }
  }
  const closePage = hostLinks(channel.port2, open)
  const heard: unknown[] = []
  const links = bridgedLinks(channel.port1)(settings, {
    sendSignal: (...signal) => void heard.push(['signal', ...signal]),
    onState: (...state) => void heard.push(['state', ...state]),
    onMessage: (...message) => void heard.push(['message', ...message]),
    onRoom: neighbour => void heard.push(['room', neighbour]),
  })
  channel.port1.start()
  channel.port2.start()
  return { page, links, heard, closePage }
}

/** Everything posted so far, and what was posted in answer to it, has arrived. */
async function settled(): Promise<void> {
  for (const [from, to] of [
    [channel.port1, channel.port2],
    [channel.port2, channel.port1],
    [channel.port1, channel.port2],
    [channel.port2, channel.port1],
  ] as const) {
    const arrived = new Promise<void>(resolve => {
      const listen = ({ data }: MessageEvent) => {
        if (data !== 'all so far') return
        to.removeEventListener('message', listen)
        resolve()
      }
      to.addEventListener('message', listen)
    })
    from.postMessage('all so far')
    await arrived
  }
}

async function openTo(neighbours: readonly string[]) {
  const built = build()
  built.links.want(neighbours)
  await settled()
  for (const neighbour of neighbours) built.page.ports!.onState(neighbour, 'open')
  await settled()
  return built
}
const sendsOf = (calls: readonly unknown[]) => calls.filter(call => (call as unknown[])[0] === 'send')
const bytes = (length: number) => new Uint8Array(length).fill(7)

test('wishes, signals, states and messages pass; nothing else on the line disturbs', async () => {
  const { page, links, heard } = build()
  channel.port1.postMessage({ type: 'pause' })
  channel.port2.postMessage({ connection: 'connected' })
  links.want(['b', 'me'])
  links.signal('b', { kind: 'answer', attempt: 3, sdp: 's' })
  expect(links.send('b', 'early')).toBe(false)
  await settled()
  expect(page.calls).toEqual([
    ['open', settings],
    ['want', ['b']],
    ['signal', 'b', { kind: 'answer', attempt: 3, sdp: 's' }],
  ])
  const states: LinkState[] = ['connecting', 'open']
  for (const state of states) page.ports!.onState('b', state)
  page.ports!.sendSignal('b', { kind: 'offer', attempt: 1, sdp: '' })
  const message = bytes(1_000)
  page.ports!.onMessage('b', message)
  expect(message.byteLength).toBe(0)
  await settled()
  expect(heard).toEqual([
    ['state', 'b', 'connecting'],
    ['state', 'b', 'open'],
    ['signal', 'b', { kind: 'offer', attempt: 1, sdp: '' }],
    ['message', 'b', bytes(1_000)],
  ])
  const tensor = bytes(500)
  expect(links.send('b', tensor)).toBe(true)
  expect(links.send('b', 'word')).toBe(true)
  expect(tensor).toEqual(bytes(500))
  links.close()
  await settled()
  expect(page.calls.slice(3)).toEqual([['send', 'b', bytes(500)], ['send', 'b', 'word'], ['close']])
})

test('no more is on its way to the page than the bound; what the page’s links refuse waits there', async () => {
  const { page, links, heard } = await openTo(['b', 'c'])
  page.room = 1
  expect(links.send('b', bytes(100_001))).toBe(false)
  let sent = 0
  while (links.send('b', bytes(60_000))) sent++
  expect(sent).toBe(2)
  // One was taken; the other waits on the page, and a third may come.
  await settled()
  expect(heard.at(-1)).toEqual(['room', 'b'])
  expect(sendsOf(page.calls)).toHaveLength(1)
  expect(links.send('b', bytes(60_000))).toBe(true)
  expect(links.send('b', bytes(60_000))).toBe(false)
  await settled()
  expect(links.send('b', bytes(60_000))).toBe(false)
  page.room = 10
  page.ports!.onRoom?.('b')
  await settled()
  expect(sendsOf(page.calls)).toHaveLength(3)
  expect(links.send('b', bytes(60_000))).toBe(true)
})

test('what waits for a lost link is let go, and a link that is wanted anew starts with room', async () => {
  const { page, links, heard } = await openTo(['b'])
  page.room = 0
  links.send('b', bytes(100_000))
  await settled()
  page.ports!.onState('b', 'failed')
  await settled()
  expect(links.send('b', 'word')).toBe(false)
  page.ports!.onState('b', 'open')
  await settled()
  expect(links.send('b', bytes(100_000))).toBe(true)
  await settled()
  links.want([])
  links.want(['b'])
  // Said before the page heard of the wishes: out of date.
  page.ports!.onState('b', 'failed')
  heard.length = 0
  await settled()
  expect(heard).toEqual([])
  page.ports!.onState('b', 'open')
  await settled()
  page.room = 1
  expect(links.send('b', bytes(100_000))).toBe(true)
  await settled()
  expect(sendsOf(page.calls)).toHaveLength(1)
})

test('a neighbour that floods a worker which does not listen loses its link, the others do not', async () => {
  const { page, heard, links } = await openTo(['b', 'c'])
  const flood = (message: () => PeerMessage) => {
    for (let i = 0; i < 10; i++) page.ports!.onMessage('b', message())
  }
  flood(() => bytes(60_000))
  expect(page.calls.at(-1)).toEqual(['want', ['c']])
  links.want(['b', 'c', 'd'])
  await settled()
  expect(heard.filter(entry => (entry as unknown[])[0] === 'message').length).toBeLessThan(8)
  expect(heard.at(-1)).toEqual(['state', 'b', 'failed'])
  expect(links.send('b', 'word')).toBe(false)
  expect(links.send('c', 'word')).toBe(true)
  // When all is heard it may come again.
  expect(page.calls).toContainEqual(['want', ['c', 'd']])
  expect(page.calls).toContainEqual(['want', ['b', 'c', 'd']])
})

test('a worker that listens may hear any number of messages', async () => {
  const { page, heard } = await openTo(['b'])
  for (let i = 0; i < 20; i++) {
    page.ports!.onMessage('b', bytes(100_000))
    await settled()
  }
  expect(heard).toHaveLength(21)
})

test('when the page goes, its links end', async () => {
  const { page, heard, closePage } = await openTo(['b'])
  closePage()
  expect(page.calls.at(-1)).toEqual(['close'])
  await settled()
  expect(heard.at(-1)).toEqual(['state', 'b', 'failed'])
})
