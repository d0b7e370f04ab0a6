// Direct links between peers of one process, opened, cut and filled by hand. Test support; a real link is links/link.ts.

import type { DirectLinks, DirectLinksPorts, OpenDirectLinks, PeerMessage } from '../links/direct-links.ts'

export interface MemoryLinks {
  readonly open: OpenDirectLinks
  /** Links that are wanted from both ends open, and what was sent arrives. Until nothing is left to happen. */
  settle(): void
  cut(one: string, other: string): void
  mend(one: string, other: string): void
  /** An open link that has no room takes nothing. */
  fill(one: string, other: string, isFull: boolean): void
  /** What a hostile neighbour may put on an open link. */
  inject(from: string, to: string, message: PeerMessage): void
  /** Every message over a direct link so far. */
  readonly messages: readonly { readonly from: string; readonly to: string; readonly message: PeerMessage }[]
}

interface End {
  readonly ports: DirectLinksPorts
  readonly wanted: Set<string>
  readonly shown: Map<string, 'open' | 'failed'>
}

/** @param isPrompt messages arrive by themselves, a moment later; else when `settle` is called */
export function createMemoryLinks(isPrompt = false): MemoryLinks {
  const ends = new Map<string, End>()
  const cuts = new Set<string>()
  const full = new Set<string>()
  const messages: { from: string; to: string; message: PeerMessage }[] = []
  const due: (() => void)[] = []
  const keyOf = (one: string, other: string) => [one, other].sort().join(' ')
  let isScheduled = false

  const areWanted = (one: string, other: string) =>
    ends.get(one)?.wanted.has(other) === true && ends.get(other)?.wanted.has(one) === true
  const isOpen = (one: string, other: string) => areWanted(one, other) && !cuts.has(keyOf(one, other))

  function show(one: string, other: string): void {
    const end = ends.get(one)
    if (!end?.wanted.has(other)) return
    const state = isOpen(one, other) ? 'open' : cuts.has(keyOf(one, other)) ? 'failed' : null
    if (state === null || end.shown.get(other) === state) return
    end.shown.set(other, state)
    end.ports.onState(other, state)
  }

  function showBoth(one: string, other: string): void {
    later(() => {
      show(one, other)
      show(other, one)
    })
  }

  function settle(): void {
    for (let next = due.shift(); next !== undefined; next = due.shift()) next()
  }

  function later(act: () => void): void {
    due.push(act)
    if (!isPrompt || isScheduled) return
    isScheduled = true
    setTimeout(() => {
      isScheduled = false
      settle()
    }, 0)
  }

  function put(from: string, to: string, message: PeerMessage): void {
    later(() => {
      if (isOpen(from, to)) ends.get(to)!.ports.onMessage(from, message)
    })
  }

  return {
    settle,
    messages,
    inject: put,
    open({ self }, ports): DirectLinks {
      const end: End = { ports, wanted: new Set(), shown: new Map() }
      ends.set(self, end)
      return {
        want(neighbours) {
          for (const other of end.wanted)
            if (!neighbours.includes(other)) {
              end.wanted.delete(other)
              end.shown.delete(other)
            }
          for (const other of neighbours) {
            end.wanted.add(other)
            showBoth(self, other)
          }
        },
        signal() {},
        send(to, message) {
          if (!isOpen(self, to) || full.has(keyOf(self, to))) return false
          messages.push({ from: self, to, message })
          put(self, to, message)
          return true
        },
        close() {
          ends.delete(self)
        },
      }
    },
    cut(one, other) {
      cuts.add(keyOf(one, other))
      showBoth(one, other)
    },
    mend(one, other) {
      cuts.delete(keyOf(one, other))
      showBoth(one, other)
    },
    fill(one, other, isFull) {
      if (isFull) full.add(keyOf(one, other))
      else full.delete(keyOf(one, other))
    },
  }
}
