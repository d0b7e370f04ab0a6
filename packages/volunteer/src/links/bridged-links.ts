// The worker's end of the bridge: direct links that the page holds. `send` must answer at once, so this end knows which
// links are open and how much is on its way to the page.

import { type BridgeEnd, isOfBridge, type ToHost, type ToWorker, transferOf } from './bridge.ts'
import type { OpenDirectLinks } from './direct-links.ts'
import { bytesOf, isTooLong, spareBytes } from './message-size.ts'

export function bridgedLinks(page: BridgeEnd): OpenDirectLinks {
  const listeners = new Map<number, (message: ToWorker) => void>()
  let sets = 0
  page.addEventListener('message', ({ data }) => {
    if (isOfBridge(data)) listeners.get(data.set)?.(data as ToWorker)
  })

  return (settings, ports) => {
    const set = ++sets
    type Said = ToHost extends infer Message ? (Message extends ToHost ? Omit<Message, 'type' | 'set'> : never) : never
    const post = (said: Said, transfer: Transferable[] = []) =>
      page.postMessage({ type: 'links', set, ...said } satisfies ToHost, { transfer })

    interface Neighbour {
      /** The wish with which it was first wanted. */
      readonly since: number
      isOpen: boolean
      /** On their way to the page, or waiting there. */
      bytes: number
      hasRefused: boolean
    }
    let wish = 0
    let wanted = new Map<string, Neighbour>()
    const bytesMax = settings.messageBytesMax + spareBytes

    post({ what: 'open', settings })
    listeners.set(set, message => {
      if (message.what === 'signal') return ports.sendSignal(message.to, message.signal)
      const name = message.what === 'state' ? message.neighbour : message.what === 'message' ? message.from : message.to
      const neighbour = wanted.get(name)
      const isLate = neighbour === undefined || message.wish < neighbour.since
      switch (message.what) {
        case 'state':
          if (isLate) return
          neighbour.isOpen = message.state === 'open'
          return ports.onState(name, message.state)
        case 'message':
          // Counted before the message's bytes may be given away.
          post({ what: 'heard', from: name, bytes: bytesOf(message.message) })
          if (!isLate) ports.onMessage(name, message.message)
          return
        case 'taken':
          if (isLate) return
          neighbour.bytes -= message.bytes
          if (!neighbour.hasRefused) return
          neighbour.hasRefused = false
          if (neighbour.isOpen) ports.onRoom?.(name)
      }
    })

    return {
      want(neighbours) {
        wish++
        const before = wanted
        wanted = new Map()
        for (const name of neighbours)
          if (name !== settings.self)
            wanted.set(name, before.get(name) ?? { since: wish, isOpen: false, bytes: 0, hasRefused: false })
        post({ what: 'want', wish, neighbours: [...wanted.keys()] })
      },
      signal: (from, signal) => post({ what: 'signal', from, signal }),
      send(to, message) {
        const neighbour = wanted.get(to)
        if (!neighbour?.isOpen || isTooLong(message, settings.messageBytesMax)) return false
        const bytes = bytesOf(message)
        if (neighbour.bytes + bytes > bytesMax) {
          neighbour.hasRefused = true
          return false
        }
        neighbour.bytes += bytes
        // A copy goes: the same tensor is sent to other neighbours too.
        const copy = typeof message === 'string' ? message : message.slice()
        post({ what: 'send', to, message: copy }, transferOf(copy))
        return true
      },
      close() {
        wanted = new Map()
        listeners.delete(set)
        post({ what: 'close' })
      },
    }
  }
}
