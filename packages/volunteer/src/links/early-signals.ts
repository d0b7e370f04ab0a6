// Signals of peers that are not wanted yet. The coordinator tells both ends of an edge, one a little before the other;
// a few signals of a few peers wait here for that moment.

import type { PeerSignal } from '@muster/protocol'

const strangersMax = 16
const signalsMax = 24

export interface EarlySignals {
  keep(from: string, signal: PeerSignal): void
  /** Those not too old, in order; they are not kept any longer. */
  take(from: string): PeerSignal[]
}

/** `now` in milliseconds. */
export function createEarlySignals(keptMs: number, now: () => number): EarlySignals {
  const kept = new Map<string, { readonly signal: PeerSignal; readonly at: number }[]>()
  return {
    keep(from, signal) {
      // An offer makes void what was said before it.
      const earlier = signal.kind === 'offer' ? [] : (kept.get(from) ?? [])
      if (earlier.length >= signalsMax) return
      kept.delete(from)
      kept.set(from, [...earlier, { signal, at: now() }])
      for (const oldest of kept.keys()) if (kept.size > strangersMax) kept.delete(oldest)
    },
    take(from) {
      const signals = kept.get(from) ?? []
      kept.delete(from)
      return signals.filter(({ at }) => now() - at <= keptMs).map(({ signal }) => signal)
    },
  }
}
