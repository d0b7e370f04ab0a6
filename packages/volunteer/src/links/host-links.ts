// The page's end of the bridge: holds the links of the worker behind it, and bounds what waits in either direction.

import { type BridgeEnd, isOfBridge, type ToHost, type ToWorker, transferOf } from './bridge.ts'
import type { DirectLinks, LinkSettings, OpenDirectLinks, PeerMessage } from './direct-links.ts'
import { bytesOf, spareBytes } from './message-size.ts'

/**
 * Of the longest messages: so many may wait for a worker that computes. A neighbour that sends more loses its link until
 * they are heard.
 */
const unheardMessagesMax = 4

interface HostedLinks {
  take(message: ToHost): void
  close(): void
}

/** What it gives back is called when the page goes: it ends all links. */
export function hostLinks(worker: BridgeEnd, open: OpenDirectLinks): () => void {
  const sets = new Map<number, HostedLinks>()
  worker.addEventListener('message', ({ data }) => {
    if (!isOfBridge(data)) return
    const message = data as ToHost
    if (message.what === 'open') sets.set(message.set, host(worker, open, message.set, message.settings))
    else sets.get(message.set)?.take(message)
    if (message.what === 'close') sets.delete(message.set)
  })
  return () => {
    for (const links of sets.values()) links.close()
    sets.clear()
  }
}

function host(worker: BridgeEnd, open: OpenDirectLinks, set: number, settings: LinkSettings): HostedLinks {
  let wish = 0
  let wanted: readonly string[] = []
  const isOpen = new Set<string>()
  /** What the worker sent and a link had no room for. A word does not wait for bytes. */
  const waiting = { string: new Map<string, string[]>(), object: new Map<string, Uint8Array<ArrayBuffer>[]>() }
  const unheardBytes = new Map<string, number>()
  const unheardBytesMax = unheardMessagesMax * settings.messageBytesMax + spareBytes
  const flooding = new Set<string>()

  type Said = ToWorker extends infer Message
    ? Message extends ToWorker
      ? Omit<Message, 'type' | 'set' | 'wish'>
      : never
    : never
  const post = (said: Said, transfer: Transferable[] = []) =>
    worker.postMessage({ type: 'links', set, wish, ...said } satisfies ToWorker, { transfer })

  const queueOf = (to: string, message: PeerMessage): PeerMessage[] => {
    const queues = waiting[typeof message === 'string' ? 'string' : 'object'] as Map<string, PeerMessage[]>
    const queue = queues.get(to) ?? []
    queues.set(to, queue)
    return queue
  }
  const queuesOf = (to: string): PeerMessage[][] => [waiting.string.get(to) ?? [], waiting.object.get(to) ?? []]

  function give(to: string): void {
    for (const queue of queuesOf(to))
      while (queue.length > 0 && (!isOpen.has(to) || links.send(to, queue[0]!)))
        post({ what: 'taken', to, bytes: bytesOf(queue.shift()!) })
  }
  /** What waits for a link that is gone is let go. */
  function shut(neighbour: string): void {
    isOpen.delete(neighbour)
    give(neighbour)
    waiting.string.delete(neighbour)
    waiting.object.delete(neighbour)
  }

  const wantQuiet = () => links.want(wanted.filter(neighbour => !flooding.has(neighbour)))

  const links: DirectLinks = open(settings, {
    sendSignal: (to, signal) => post({ what: 'signal', to, signal }),
    onState(neighbour, state) {
      if (state === 'open') isOpen.add(neighbour)
      else shut(neighbour)
      post({ what: 'state', neighbour, state })
    },
    onMessage(from, message) {
      const bytes = (unheardBytes.get(from) ?? 0) + bytesOf(message)
      if (bytes <= unheardBytesMax) {
        unheardBytes.set(from, bytes)
        return post({ what: 'message', from, message }, transferOf(message))
      }
      flooding.add(from)
      wantQuiet()
      shut(from)
      post({ what: 'state', neighbour: from, state: 'failed' })
    },
    onRoom: give,
  })

  return {
    take(message) {
      switch (message.what) {
        case 'want':
          for (const neighbour of wanted) if (!message.neighbours.includes(neighbour)) shut(neighbour)
          wish = message.wish
          wanted = message.neighbours
          return wantQuiet()
        case 'signal':
          return links.signal(message.from, message.signal)
        case 'send':
          queueOf(message.to, message.message).push(message.message)
          return give(message.to)
        case 'heard': {
          const left = (unheardBytes.get(message.from) ?? 0) - message.bytes
          if (left > 0) return void unheardBytes.set(message.from, left)
          unheardBytes.delete(message.from)
          if (flooding.delete(message.from)) wantQuiet()
          return
        }
        case 'close':
          return links.close()
      }
    },
    close() {
      links.close()
      for (const neighbour of wanted) {
        shut(neighbour)
        post({ what: 'state', neighbour, state: 'failed' })
      }
    },
  }
}
