// The vectors that a peer holds, by name: its estimate, what it has sent lately, and what has come and is not mixed yet.
// Tabs and the simulator keep them alike. Must not hold: when something is sent or mixed, and what an iteration is.

import type { EstimateName, IterationName } from '@muster/vocabulary'
import type { Optimiser } from './optimiser.ts'
import {
  beginEstimate,
  type MixingOrder,
  mixEstimate,
  type PeerEstimate,
  sentEstimate,
  stepEstimate,
} from './peer-estimate.ts'

type Held = Pick<EstimateName, 'generation' | 'iteration' | 'purpose'>

export interface PeerVectors {
  /** w, d numbers; null: there is none. */
  current(): Float32Array | null
  begin(w: Float32Array): void
  giveUp(): void
  /** @param gradient the mean over the step's samples, at w. False where its result is no number: nothing has changed. */
  step(gradient: Float64Array, rate: number): boolean
  /** Under its name it is the same however often it is asked for. Null: there is no estimate. */
  outgoing(name: Held, order: MixingOrder): Float32Array | null
  /** What came first under a name stays. */
  receive(from: string, name: Held, vector: Float32Array): void
  drop(from: string, name: Held): void
  /** Begins with what this peer sent for that. */
  adopt(from: string): void
  /**
   * The end of an iteration, with P_ii and P_ij; what has come for it is used up. What was sent before `keepFrom` is let go.
   * @returns what went into the mix as the peer's own and what came of it; null: there is no estimate
   */
  mix(
    name: IterationName,
    order: MixingOrder,
    own: number,
    terms: readonly { readonly from: string; readonly weight: number }[],
    keepFrom: number,
  ): { readonly own: Float32Array; readonly mixed: Float32Array } | null
}

const heldKey = (from: string, { generation, iteration, purpose }: Held): string =>
  `${from} ${purpose} ${generation}.${iteration}`

interface Sent extends IterationName {
  readonly vector: Float32Array
}

export function createPeerVectors(optimiser: Optimiser): PeerVectors {
  const inbox = new Map<string, Float32Array>()
  let sent: readonly Sent[] = []
  let estimate: PeerEstimate | null = null

  return {
    current: () => estimate?.w ?? null,
    begin(w) {
      estimate = beginEstimate(w, optimiser)
    },
    giveUp() {
      estimate = null
    },
    step(gradient, rate) {
      if (estimate === null) return false
      const next = stepEstimate(estimate, gradient, optimiser, rate)
      if (!next.stepped?.every(Number.isFinite)) return false
      estimate = next
      return true
    },
    outgoing({ generation, iteration, purpose }, order) {
      if (estimate === null) return null
      if (purpose === 'start') return estimate.w
      const known = sent.find(other => other.generation === generation && other.iteration === iteration)
      if (known) return known.vector
      const vector = sentEstimate(estimate, order)
      sent = [...sent, { generation, iteration, vector }]
      return vector
    },
    receive(from, name, vector) {
      const key = heldKey(from, name)
      if (!inbox.has(key)) inbox.set(key, vector)
    },
    drop: (from, name) => void inbox.delete(heldKey(from, name)),
    adopt(from) {
      const key = [...inbox.keys()].find(other => other.startsWith(`${from} start `))
      const vector = key === undefined ? undefined : inbox.get(key)
      if (key === undefined || vector === undefined) return
      inbox.delete(key)
      estimate = beginEstimate(vector, optimiser)
    },
    mix(name, order, own, terms, keepFrom) {
      if (estimate === null) return null
      const before = sentEstimate(estimate, order)
      const keys = terms.map(({ from }) => heldKey(from, { ...name, purpose: 'mix' }))
      const vectors = terms.map(({ weight }, i) => ({ weight, vector: inbox.get(keys[i]!)! }))
      estimate = mixEstimate(estimate, order, own, vectors)
      for (const key of keys) inbox.delete(key)
      sent = sent.filter(({ generation, iteration }) => generation >= name.generation && iteration >= keepFrom)
      return { own: before, mixed: estimate.w }
    },
  }
}
