// What passes between a volunteer's page and the worker behind it: plain records, posted either way.

import type { RunDescription, RunProgress } from '@muster/protocol'
import type { BackendName, Milliseconds } from '@muster/vocabulary'

export type VolunteerCommand =
  /** Connect (if need be), warm up and take work. */
  | { readonly type: 'begin' }
  /** Give back what is held and take no more; the connection stays, so that the page goes on showing the run. */
  | { readonly type: 'pause' }
  /** Share of the device, 0.05..1: a duty cycle of the computing loop. */
  | { readonly type: 'set-share'; readonly share: number }
  /** Whether other tabs may be reached directly: they then learn this device's network address. */
  | { readonly type: 'allow-direct-links'; readonly isAllowed: boolean }
  /** The page is going. */
  | { readonly type: 'leave' }

/** The first message to the Web Worker. */
export interface VolunteerOpening {
  readonly type: 'open'
  readonly settings: VolunteerSettings
  /** The page holds direct links for it; where it cannot, there are none. */
  readonly hostsLinks: boolean
}

export interface VolunteerSettings {
  /** Address of the coordinator, e.g. the page's own origin. */
  readonly coordinator: string
  readonly volunteer: string
  readonly tab: string
  readonly share: number
  /** Absent: they are always allowed. */
  readonly allowsDirectLinks?: boolean
  /** Tried first; for tests and for those who know better (`?backend=wasm`). */
  readonly backend?: BackendName
}

export type VolunteerPhase =
  | 'looking' // connected or connecting, not asked to work yet
  | 'starting' // choosing a backend, compiling, warming up
  | 'waiting' // ready; no work right now
  | 'computing'
  | 'paused'
  | 'ended' // the run is over
  | 'failed' // `message` says what to do

export interface VolunteerStatus {
  readonly connection: 'connecting' | 'connected' | 'offline'
  readonly phase: VolunteerPhase
  readonly share: number
  /** Known while connected; a page that goes tells the coordinator by it. */
  readonly session: string | null
  readonly backend: BackendName | null
  /** Why not a better backend, a sentence each. */
  readonly backendNotes: readonly { readonly backend: BackendName; readonly whyNot: string }[]
  readonly run: RunDescription | null
  readonly progress: RunProgress | null
  readonly contributed: {
    /** Answers that went into the model's update. */
    readonly results: number
    readonly samples: number
    /** Partitions computed, also those another tab answered first. */
    readonly partitions: number
    readonly computeMs: Milliseconds
  }
  /** Tabs that this one talks to, where tabs talk to each other; null elsewhere. */
  readonly neighbours: { readonly direct: number; readonly relayed: number; readonly unreached: number } | null
  /** Learnt on the way: milliseconds one partition takes at the present share. */
  readonly msPerPartition: Milliseconds | null
  /** What went wrong and what to do, when something did. */
  readonly message: string | null
}

/** What is true before anything has been said. */
export const statusAtOpening = (share: number): VolunteerStatus => ({
  connection: 'connecting',
  phase: 'looking',
  share,
  session: null,
  backend: null,
  backendNotes: [],
  run: null,
  progress: null,
  contributed: { results: 0, samples: 0, partitions: 0, computeMs: 0 },
  neighbours: null,
  msPerPartition: null,
  message: null,
})
