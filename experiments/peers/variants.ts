// What is compared: dynamic backup workers with either rule for unfinished steps, everybody waiting for everybody, and a
// fixed number of backup workers.

import type { StrategyChoice } from '@muster/strategies'
import type { Look } from '../drawing/looks.ts'

export const variants = ['carry-over', 'redraw', 'full', 'all-but-1', 'all-but-2'] as const
export type Variant = (typeof variants)[number]

export const variantNames: Readonly<Record<Variant, string>> = {
  'carry-over': 'DyBW, carry-over',
  redraw: 'DyBW, redraw',
  full: 'cb-Full',
  'all-but-1': 'all but 1',
  'all-but-2': 'all but 2',
}

export const variantLooks: Readonly<Record<Variant, Look>> = {
  'carry-over': 'green',
  redraw: 'orange',
  full: 'violet',
  'all-but-1': 'grey-ring',
  'all-but-2': 'grey-cross',
}

/** Who does not end in time under a fixed number of backup workers carries over, as under the first. */
const waiting: Readonly<Record<Variant, Readonly<Record<string, string | number>>>> = {
  'carry-over': { waitFor: 'threshold', unfinished: 'carry-over' },
  redraw: { waitFor: 'threshold', unfinished: 'redraw' },
  full: { waitFor: 'all-but', backups: 0 },
  'all-but-1': { waitFor: 'all-but', backups: 1 },
  'all-but-2': { waitFor: 'all-but', backups: 2 },
}

/** The longest there is: what is measured is the rule, not what happens when somebody is given up. */
const patienceMs = 600_000

/** Of each edge of the random graph. */
export const chance = 0.5

/** @param every q, iterations between two rounds. The coordinator decides: without latency the peers would decide the same. */
export const strategyOf = (variant: Variant, graphSeed: number, every: number): StrategyChoice => ({
  name: 'dynamic-backup-workers',
  topology: 'by-chance',
  decider: 'coordinator',
  order: 'ATC',
  ...{ chance, graphSeed, every, patienceMs },
  ...waiting[variant],
})
