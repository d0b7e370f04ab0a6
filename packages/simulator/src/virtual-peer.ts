// What a tab keeps as a peer: the production machine, its estimate, what it sent and what has come.

import { type PeerMachine, startPeer, type WorkItem } from '@muster/engine'
import { createPeerVectors, type Optimiser, type PeerVectors } from '@muster/parameters'
import type { LeaseId, Milliseconds } from '@muster/vocabulary'

export interface VirtualPeer {
  machine: PeerMachine
  readonly vectors: PeerVectors
  /** Of the step under way; what is heard of an earlier one is of no effect. */
  step: { readonly endsAt: Milliseconds; readonly draw: number; readonly rate: number } | null
  /** Of the last step: mean loss of a partition's batch. */
  lossSum: number
  /** Asked for, and what they are answered with. */
  readonly leases: Map<LeaseId, WorkItem>
  wantsModel: boolean
}

/** Of one iteration: what went into the mixing at each peer and what came of it, to be compared when all are there. */
export interface MixWatch {
  readonly before: Map<string, Float32Array>
  readonly after: Map<string, Float32Array>
}

export const newVirtualPeer = (name: string, optimiser: Optimiser): VirtualPeer => ({
  machine: startPeer(name),
  vectors: createPeerVectors(optimiser),
  step: null,
  lossSum: 0,
  leases: new Map(),
  wantsModel: false,
})
