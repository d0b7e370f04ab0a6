// What the coordinator passes on between peers where they have no direct link: words at once, estimates kept for a moment
// until they are fetched. It reads neither. Bounded, so that no peer can fill it or drown the others.

import { limits } from '@muster/protocol'
import type { EstimateName } from '@muster/vocabulary'

/** Of each peer: neighbours fetch an iteration's estimate before the one after the next. */
const estimatesKept = 3

export interface Relay {
  /** Whether this peer may say so much more. */
  admit(peer: string, messages: number, now: number): boolean
  hold(peer: string, name: EstimateName, frame: Uint8Array): void
  find(peer: string, name: Omit<EstimateName, 'degree'>): Uint8Array | undefined
  forget(peer: string): void
}

interface Held {
  readonly key: string
  readonly frame: Uint8Array
}

const keyOf = ({ generation, iteration, purpose }: Omit<EstimateName, 'degree'>): string =>
  `${generation}.${iteration}.${purpose}`

export function createRelay(): Relay {
  const estimates = new Map<string, Held[]>()
  const allowances = new Map<string, { left: number; at: number }>()
  const { relayedAtOnceMax, relayedPerSecondMax } = limits
  return {
    admit(peer, messages, now) {
      const before = allowances.get(peer) ?? { left: relayedAtOnceMax, at: now }
      const earned = ((now - before.at) / 1000) * relayedPerSecondMax
      const left = Math.min(relayedAtOnceMax, before.left + earned)
      const isAdmitted = left >= messages
      allowances.set(peer, { left: isAdmitted ? left - messages : left, at: now })
      return isAdmitted
    },
    hold(peer, name, frame) {
      const key = keyOf(name)
      const others = (estimates.get(peer) ?? []).filter(other => other.key !== key)
      estimates.set(peer, [...others, { key, frame }].slice(-estimatesKept))
    },
    find: (peer, name) => estimates.get(peer)?.find(({ key }) => key === keyOf(name))?.frame,
    forget(peer) {
      estimates.delete(peer)
      allowances.delete(peer)
    },
  }
}
