// What a peer knows: plain data. What it does is in peer-machine.ts.
//
// An iteration at a peer: it takes a step of its own (w → w̃); the iteration is over when it is told so or ends it itself;
// then each edge to a neighbour is active or not, estimates w̃ are exchanged over the active ones and mixed; and the next
// iteration begins. Who has not finished its step when an iteration ends has no active edge, and carries the step over.

import type {
  Arrangement,
  ConvenerWord,
  EstimateName,
  IterationName,
  LeaseId,
  Milliseconds,
  PeerReport,
  PeerWord,
} from '@muster/vocabulary'

export interface PeerMachine {
  /** Its own name. */
  readonly name: string
  readonly arrangement: Arrangement | null
  /** In the order of their names. */
  readonly neighbours: readonly string[]
  /** Edges of the spanning tree, in an order that all peers share. */
  readonly tree: readonly (readonly [string, string])[]
  readonly isResting: boolean
  readonly hasEstimate: boolean
  /** η of the newest lease; null until there is one: nobody steps without. */
  readonly rate: number | null
  /** k, in this arrangement. */
  readonly iteration: number
  /** Iterations of the run that its estimate has seen. */
  readonly iterationsSeen: number
  readonly step: 'none' | 'computing' | 'finished'
  /** What the last step took. */
  readonly stepMs: Milliseconds | null
  readonly isOver: boolean
  /** Of the edges to neighbours: active or not, as far as it is decided. */
  readonly decided: Readonly<Record<string, boolean>>
  /** In which iteration a neighbour last said that it had finished. */
  readonly finishedIn: Readonly<Record<string, number>>
  /** Estimates of neighbours that are here: of this iteration, or of the one after it. */
  readonly arrived: readonly Arrived[]
  /** Neighbours whose estimate of this iteration will not come. */
  readonly lost: readonly string[]
  /** The own estimate has been sent in this iteration. */
  readonly isSent: boolean
  /** The furthest iteration that others are believed to be in. */
  readonly heardOf: number
  /** How far each neighbour says that it is. */
  readonly claims: Readonly<Record<string, number>>
  readonly epoch: number
  /** Places in the tree, ascending: active in this epoch. */
  readonly covered: readonly number[]
  /** The last iterations, for those who ask again. */
  readonly past: readonly PastIteration[]
  /** Neighbours that nothing can be sent to now. */
  readonly unreachable: readonly string[]
  /** Neighbours that were waited for in vain. */
  readonly mute: Readonly<Record<string, Mute>>
  /** Who has said anything since the present wait began. */
  readonly heardSince: readonly string[]
  /** What was said again on demand in this iteration, by neighbour. */
  readonly saidAgain: Readonly<Record<string, number>>
  /** What was said in an arrangement that is not known yet. */
  readonly early: readonly { readonly from: string; readonly word: PeerWord }[]
  readonly leases: readonly EstimateLease[]
  readonly beganAt: Milliseconds
  /** What iterations have taken lately, those aside in which something was asked again; null before the first. */
  readonly usualMs: Milliseconds | null
  /** Something had to be asked again in this iteration. */
  readonly isDelayed: boolean
  /** Since when nothing has happened here, and how often it has been asked again since. */
  readonly waitsSince: Milliseconds
  readonly asked: number
  /** When it last said something to the coordinator. */
  readonly reportedAt: Milliseconds
  readonly timerAt: Milliseconds | null
}

export interface Arrived extends IterationName {
  readonly from: string
  readonly degree: number
}

/** A neighbour's vector as whoever keeps it knows it. */
export type HeldName = Omit<EstimateName, 'degree'>

export interface PastIteration {
  readonly iteration: number
  readonly active: readonly string[]
  readonly degree: number
}

export interface Mute {
  /** It is not waited for before this iteration. */
  readonly until: number
  /** For so many this time. */
  readonly iterations: number
  /** It said nothing at all: a word from it, and it is waited for again. */
  readonly isSilent: boolean
}

export interface EstimateLease extends IterationName {
  readonly lease: LeaseId
}

export type PeerEvent = { readonly at: Milliseconds } & (
  | { readonly type: 'told'; readonly word: ConvenerWord }
  | { readonly type: 'heard'; readonly from: string; readonly word: PeerWord }
  /** The vector is here and is sound; under this name it is kept until it is mixed, adopted or dropped. */
  | { readonly type: 'estimate-arrived'; readonly from: string; readonly estimate: EstimateName }
  /** The model of the coordinator is here, for who has no estimate. */
  | { readonly type: 'model-loaded' }
  | { readonly type: 'step-computed'; readonly ms: Milliseconds }
  /** It could not be computed; it is tried again. */
  | { readonly type: 'step-failed' }
  /** Its numbers are none any more: it begins with a neighbour's estimate. */
  | { readonly type: 'estimate-broken' }
  | { readonly type: 'estimate-asked'; readonly lease: EstimateLease; readonly rate: number }
  | { readonly type: 'lease-released'; readonly lease: LeaseId }
  | { readonly type: 'link-changed'; readonly neighbour: string; readonly isUp: boolean }
  | { readonly type: 'timer-fired' }
)

export type PeerEffect =
  /** Take a step from the estimate at this rate, along the batch of this draw. What was being computed is given up. */
  | { readonly type: 'compute-step'; readonly draw: number; readonly rate: number }
  | { readonly type: 'abandon-step' }
  | { readonly type: 'say'; readonly to: readonly string[]; readonly word: PeerWord }
  | { readonly type: 'report'; readonly report: PeerReport }
  /** Of the step that is finished, or (to begin with, and of a past iteration) as it is kept. */
  | { readonly type: 'send-estimate'; readonly to: readonly string[]; readonly estimate: EstimateName }
  /** w ← own · w̃ + Σ weight · w̃ of neighbours, in this order; theirs are dropped, the own w̃ is kept for a while. */
  | {
      readonly type: 'mix'
      readonly name: IterationName
      readonly own: number
      readonly terms: readonly { readonly from: string; readonly weight: number }[]
      /** Kept estimates of iterations before this one are of no more use. */
      readonly keepFrom: number
    }
  /** Begin with the model of the newest lease, now or when there is one. */
  | { readonly type: 'load-model' }
  /** Begin with a neighbour's estimate. */
  | { readonly type: 'adopt-estimate'; readonly from: string }
  | { readonly type: 'drop-estimate'; readonly from: string; readonly name: HeldName }
  | { readonly type: 'want-links'; readonly neighbours: readonly string[] }
  /** Send the estimate as it is now; it goes on. */
  | { readonly type: 'answer-lease'; readonly lease: LeaseId }
  /** It will not be answered. */
  | { readonly type: 'end-lease'; readonly lease: LeaseId }
  | { readonly type: 'set-timer'; readonly at: Milliseconds }

/** @param name the peer's own, as its neighbours know it */
export const startPeer = (name: string): PeerMachine => ({
  name,
  arrangement: null,
  neighbours: [],
  tree: [],
  isResting: true,
  hasEstimate: false,
  rate: null,
  iteration: 0,
  iterationsSeen: 0,
  step: 'none',
  stepMs: null,
  isOver: false,
  decided: {},
  finishedIn: {},
  arrived: [],
  lost: [],
  isSent: false,
  heardOf: 0,
  claims: {},
  epoch: 0,
  covered: [],
  past: [],
  unreachable: [],
  mute: {},
  heardSince: [],
  saidAgain: {},
  early: [],
  leases: [],
  beganAt: 0,
  usualMs: null,
  isDelayed: false,
  waitsSince: 0,
  asked: 0,
  reportedAt: 0,
  timerAt: null,
})

/** The name of the iteration under way. */
export const nameOf = ({ arrangement, iteration }: PeerMachine): IterationName => ({
  generation: arrangement?.generation ?? 0,
  iteration,
})

/** Of an edge with a neighbour: the lesser name keeps it, and says whether it is active. */
export const isKeeper = ({ name }: PeerMachine, neighbour: string): boolean => name < neighbour

export const isReachable = ({ unreachable, mute, iteration }: PeerMachine, neighbour: string): boolean =>
  !unreachable.includes(neighbour) && iteration >= (mute[neighbour]?.until ?? 0)

export const activeNeighbours = ({ neighbours, decided }: PeerMachine): string[] =>
  neighbours.filter(neighbour => decided[neighbour] === true)
