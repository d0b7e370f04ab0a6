// How a peer reaches its neighbours: over a direct link where there is one, else through the coordinator, edge by edge
// and message by message. What comes in is untrusted and is checked here before anybody hears of it.

import { decodeEstimateFrame, encodeEstimateFrame, frameBytes, peerWord, type Relayed } from '@muster/protocol'
import type { EstimateName, PeerWord } from '@muster/vocabulary'
import type { DirectLinks, IceServer, LinkState, OpenDirectLinks } from '../links/direct-links.ts'

export interface NeighbourPorts {
  /** This peer's name. */
  readonly self: string
  /** d */
  readonly coordinates: number
  readonly iceServers: readonly IceServer[]
  /** Absent: everything is relayed. */
  readonly openDirectLinks?: OpenDirectLinks | undefined
  /** Through the coordinator's socket. */
  relay(to: readonly string[], item: Relayed): void
  /** False where the coordinator did not take it. */
  postEstimate(frame: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** Null where it is not to be had. */
  fetchEstimate(from: string, name: EstimateName): Promise<Uint8Array | null>
  onWord(from: string, word: PeerWord): void
  /** Of the right length, every number finite. */
  onEstimate(from: string, name: EstimateName, vector: Float32Array): void
  /** How neighbours are reached has changed. */
  onReach(reach: Reach): void
}

export interface Reach {
  readonly direct: readonly string[]
  readonly relayed: readonly string[]
  /** Neither way: the coordinator is away. */
  readonly none: readonly string[]
}

export interface NeighbourChannels {
  want(neighbours: readonly string[], links: 'direct' | 'relayed'): void
  say(to: readonly string[], word: PeerWord): void
  sendEstimate(to: readonly string[], name: EstimateName, vector: Float32Array): void
  /** What a neighbour said through the coordinator. */
  heard(from: string, item: Relayed): void
  online(isOnline: boolean): void
  close(): void
}

/** Downloads that one neighbour may have begun here at a time. */
const fetchesMax = 2

export function createNeighbourChannels(ports: NeighbourPorts): NeighbourChannels {
  const { self, coordinates } = ports
  const states = new Map<string, LinkState>()
  const fetching = new Map<string, number>()
  /** Estimates on their way to the coordinator, by name, and whom they are for. */
  const posting = new Map<string, Set<string>>()
  let links: DirectLinks | null = null
  let neighbours: readonly string[] = []
  let isDirectWanted = false
  let isOnline = true
  let isClosed = false
  let shown = ''

  const isDirect = (neighbour: string) => states.get(neighbour) === 'open'

  function showReach(): void {
    const direct = neighbours.filter(isDirect)
    const others = neighbours.filter(neighbour => !isDirect(neighbour))
    const reach = { direct, relayed: isOnline ? others : [], none: isOnline ? [] : others }
    const text = JSON.stringify(reach)
    if (text === shown) return
    shown = text
    ports.onReach(reach)
  }

  function openLinks(): DirectLinks | null {
    links ??=
      ports.openDirectLinks?.(
        { self, iceServers: ports.iceServers, messageBytesMax: frameBytes(coordinates) + 1024 },
        {
          sendSignal: (to, signal) => ports.relay([to], { signal }),
          onState(neighbour, state) {
            states.set(neighbour, state)
            showReach()
          },
          onMessage: (from, message) =>
            typeof message === 'string' ? takeText(from, message) : takeFrame(from, message),
        },
      ) ?? null
    return links
  }

  function takeText(from: string, text: string): void {
    const word = peerWord.safeParse(parsed(text))
    if (word.success) ports.onWord(from, word.data)
  }

  function takeFrame(from: string, bytes: Uint8Array): void {
    const frame = decodeEstimateFrame(bytes, coordinates)
    if (typeof frame !== 'string') ports.onEstimate(from, frame.estimate, frame.vector)
  }

  /** One after the other and not many at once: a neighbour cannot make this peer download without end. */
  async function fetchFrom(from: string, name: EstimateName): Promise<void> {
    const begun = fetching.get(from) ?? 0
    if (begun >= fetchesMax) return
    fetching.set(from, begun + 1)
    try {
      const bytes = await ports.fetchEstimate(from, name)
      if (bytes !== null) takeFrame(from, bytes)
    } catch {
      // It is asked for again by who misses it.
    } finally {
      fetching.set(from, (fetching.get(from) ?? 1) - 1)
    }
  }

  /** A neighbour that asks for it again while it is under way is told with the others, and cannot have it posted twice. */
  async function relayEstimate(to: readonly string[], name: EstimateName, frame: Uint8Array<ArrayBuffer>) {
    const key = JSON.stringify(name)
    const known = posting.get(key)
    if (known) return to.forEach(neighbour => void known.add(neighbour))
    const all = new Set(to)
    posting.set(key, all)
    const isTaken = await ports.postEstimate(frame).catch(() => false)
    posting.delete(key)
    if (isTaken) ports.relay([...all], { estimate: name })
  }

  return {
    want(wanted, kind) {
      neighbours = wanted
      isDirectWanted = kind === 'direct'
      for (const known of states.keys()) if (!wanted.includes(known)) states.delete(known)
      if (isDirectWanted) openLinks()?.want(wanted)
      else {
        links?.want([])
        states.clear()
      }
      // Said anew with every arrangement.
      shown = ''
      showReach()
    },
    say(to, word) {
      const text = JSON.stringify(word)
      const others = to.filter(neighbour => !(isDirect(neighbour) && links?.send(neighbour, text)))
      if (others.length > 0 && isOnline) ports.relay(others, { word })
    },
    sendEstimate(to, name, vector) {
      const frame = encodeEstimateFrame(name, vector)
      const others = to.filter(neighbour => !(isDirect(neighbour) && links?.send(neighbour, frame)))
      if (others.length > 0 && isOnline) void relayEstimate(others, name, frame)
    },
    heard(from, item) {
      if ('signal' in item) {
        // Before the first arrangement it is not known yet whether links are wanted.
        if (!isClosed && (isDirectWanted || neighbours.length === 0)) openLinks()?.signal(from, item.signal)
      } else if ('word' in item) ports.onWord(from, item.word)
      else if (neighbours.includes(from)) void fetchFrom(from, item.estimate)
    },
    online(isNow) {
      isOnline = isNow
      showReach()
    },
    close() {
      isClosed = true
      links?.close()
      links = null
      states.clear()
      neighbours = []
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
