// What peers say to each other, and what they and the coordinator say: plain records, small. Estimates never travel in
// them. An edge between two peers has a keeper, the one with the lesser name.

/** Iterations are counted from 0 anew in each arrangement of the peers. */
export interface IterationName {
  readonly generation: number
  readonly iteration: number
}

/** From a neighbour. */
export type PeerWord =
  /** My own step is done; I wait in this iteration. */
  | (IterationName & { readonly type: 'step-finished' })
  /** This iteration has ended. Whoever hears it passes it on. */
  | (IterationName & { readonly type: 'iteration-over' })
  /** The same, and from the keeper of our edge: whether the edge is active in it. */
  | (IterationName & { readonly type: 'edge-decided'; readonly isActive: boolean })
  /** Which edges of the tree (by place) have been active in an epoch, as far as I know. */
  | {
      readonly type: 'epoch-known'
      readonly generation: number
      readonly epoch: number
      readonly covered: readonly number[]
    }
  /** I still wait in this iteration: tell me again what you told me of it. */
  | (IterationName & { readonly type: 'asked-again'; readonly isFinished: boolean })
  /** The estimate you ask for is no longer kept. */
  | (IterationName & { readonly type: 'estimate-gone' })
  /** I have none: send me yours to begin with. */
  | { readonly type: 'estimate-wanted'; readonly generation: number }

/** What is said of a vector that a neighbour sends: to be mixed in an iteration, or to begin with. */
export interface EstimateName extends IterationName {
  readonly purpose: 'mix' | 'start'
  /** Active edges of the sender in the iteration; of an estimate to begin with 0. */
  readonly degree: number
}

/** From the coordinator. */
export type ConvenerWord =
  | Arrangement
  /** By the arbiter: the iteration has ended, and these edges are active in it. */
  | (IterationName & { readonly type: 'iteration-decided'; readonly active: readonly PeerEdge[] })
  /** Nobody goes on until the next arrangement. */
  | { readonly type: 'rest' }

/** The lesser name first. */
export type PeerEdge = readonly [string, string]

/** Who talks to whom from now on. */
export interface Arrangement {
  readonly type: 'arranged'
  readonly generation: number
  readonly peers: readonly string[]
  readonly edges: readonly PeerEdge[]
  /** The listener's own shard of the data. */
  readonly partitions: readonly number[]
  /** Iterations of the run before this arrangement, as far as they are known: batches go on from there. */
  readonly iterationsBefore: number
  /** Whether the listener goes on with the estimate it has: under another strategy in between it would be an old one. */
  readonly keepsEstimate: boolean
  /** Neighbours that have an estimate, for who has none; with none of them it begins with the model. */
  readonly sources: readonly string[]
  readonly rules: PeerRules
}

export interface PeerRules {
  /** Who ends iterations: the coordinator, or the peers among themselves. */
  readonly decider: 'coordinator' | 'peers'
  /** What becomes of a step that is not finished when an iteration ends. */
  readonly unfinished: 'carry-over' | 'redraw'
  /** Adapt, then combine; or combine, then adapt. */
  readonly order: 'ATC' | 'CTA'
  /** Whether neighbours are to be reached directly where that is possible, or never. */
  readonly links: 'direct' | 'relayed'
  /** How long nothing may happen, at least, before it is asked again. */
  readonly patienceMs: number
  /** A peer that has had nothing to report for so long says that it is there. */
  readonly heartBeatMs: number
}

/** From a peer to the coordinator. */
export type PeerReport =
  /** On joining, when it is told to rest, and when it knows a later arrangement than it is told of: iterations that its estimate has seen (null: it has none), arrangements. */
  | { readonly type: 'standing'; readonly iterations: number | null; readonly generation: number }
  | (IterationName & { readonly type: 'step-finished' })
  /** Of none: it is there. */
  | { readonly type: 'iterations-told'; readonly told: readonly IterationTold[] }
  /** How its neighbours are reached now. */
  | { readonly type: 'links-told'; readonly direct: readonly string[]; readonly relayed: readonly string[] }

/** How an iteration went at one peer. */
export interface IterationTold extends IterationName {
  /** Since the one before it ended here. */
  readonly ms: number
  /** Whether its step was part of it. */
  readonly isFinished: boolean
  /** Its row of the mixing matrix, without zeros. */
  readonly weights: Readonly<Record<string, number>>
  /** Something that should have been mixed did not come. */
  readonly isTorn: boolean
}
