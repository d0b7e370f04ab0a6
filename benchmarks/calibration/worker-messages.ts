// What passes between the benchmark and its worker processes.

import type { Milliseconds } from '@muster/vocabulary'

export interface WorkerOrder {
  readonly url: string
  readonly seat: number
  readonly workers: number
  readonly partitions: number
  /** Null: the probe's staggered delays. */
  readonly delaySeed: number | null
  readonly delayFactor: number
  /** Times its requests. */
  readonly isProbe: boolean
  /** From this round on its own computing is counted: before, programs are still being compiled. */
  readonly countedFrom: number
}

/** `echo`: how long control messages take there and back. */
export type WorkerRequest = 'report' | 'echo'

export interface WorkerReport {
  /** Really spent on gradients. */
  readonly workedMs: Milliseconds
  /** What the same partitions were to take. */
  readonly delayMs: Milliseconds
  /** From asking to having, or to being accepted; empty unless it is a probe. */
  readonly downloadsMs: readonly Milliseconds[]
  readonly uploadsMs: readonly Milliseconds[]
}
