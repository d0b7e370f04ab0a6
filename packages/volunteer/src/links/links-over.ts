// The set of a peer's direct links, over whatever makes peer connections: a browser's page, or a library in Node.

import { peerSignal } from '@muster/protocol'
import type { Connect } from './connection.ts'
import type { OpenDirectLinks } from './direct-links.ts'
import { createEarlySignals } from './early-signals.ts'
import { keepLink, type Link } from './link.ts'

export const linksOver =
  (connect: Connect): OpenDirectLinks =>
  (settings, ports) => {
    const links = new Map<string, Link>()
    const early = createEarlySignals(settings.deadlineMs ?? 5_000, () => performance.now())
    let wanted: ReadonlySet<string> = new Set()
    let isClosed = false

    function begin(neighbour: string): void {
      const isWanted = () => links.get(neighbour) === link
      const link = keepLink(connect, settings, settings.self < neighbour, {
        sendSignal: signal => isWanted() && ports.sendSignal(neighbour, signal),
        onState: state => isWanted() && ports.onState(neighbour, state),
        onMessage: message => isWanted() && ports.onMessage(neighbour, message),
        onRoom: () => isWanted() && ports.onRoom?.(neighbour),
      })
      links.set(neighbour, link)
      link.begin()
      for (const signal of early.take(neighbour)) link.signal(signal)
    }

    return {
      want(neighbours) {
        if (isClosed) return
        const latest = new Set(neighbours)
        latest.delete(settings.self)
        wanted = latest
        for (const [neighbour, link] of links) {
          if (wanted.has(neighbour)) continue
          links.delete(neighbour)
          link.close()
        }
        for (const neighbour of latest) {
          // Whoever is told that a link is begun may want others by then.
          if (wanted !== latest || isClosed) return
          if (!links.has(neighbour)) begin(neighbour)
        }
      },
      signal(from, signal) {
        const heard = peerSignal.safeParse(signal)
        if (isClosed || !heard.success || from === settings.self) return
        const link = links.get(from)
        if (link) link.signal(heard.data)
        else early.keep(from, heard.data)
      },
      send: (to, message) => links.get(to)?.send(message) ?? false,
      close() {
        isClosed = true
        for (const link of links.values()) link.close()
        links.clear()
      },
    }
  }
