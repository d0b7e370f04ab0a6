// Who is compared, with which settings: the family of bounded staleness, and those that live with stragglers otherwise.

import type { StrategyChoice } from '@muster/strategies'
import type { Look } from '../drawing/looks.ts'

export type Family = 'staleness' | 'other'

export interface Method {
  /** As the page and the figures call it. */
  readonly name: string
  readonly strategy: StrategyChoice
  readonly family: Family
  /** Undefined: not drawn. */
  readonly look?: Look
}

const stale = (strategy: StrategyChoice, look?: Look, variant = ''): Method => ({
  name: `${typeof strategy === 'string' ? strategy : strategy.name}${variant}`,
  strategy,
  family: 'staleness',
  ...(look === undefined ? {} : { look }),
})

const other = (strategy: StrategyChoice, look: Look): Method => ({
  ...stale(strategy, look),
  family: 'other',
})

const bounded = { name: 'adaptive-bounded-staleness', k0: 4, c: 2 }

/** The one the experiment is about, and those its paper compares it with. */
export const protagonist = 'adaptive-bounded-staleness'
export const saRival = 'sa-adasync'
export const rivals = ['adasync', saRival, 'local-sgd'] as const
/** Without any bound, and without waiting. */
export const unbounded = 'asynchronous'

export const methods: readonly Method[] = [
  stale(bounded, 'green'),
  stale({ ...bounded, damping: 'none' }, undefined, ', undamped'),
  stale({ ...bounded, rule: 'ratio' }, undefined, ', ratio'),
  stale({ ...bounded, rule: 'plateau' }, undefined, ', plateau'),
  stale({ name: 'adasync', k0: 4 }, 'orange'),
  stale({ name: saRival, k0: 4 }, 'violet'),
  stale({ name: 'local-sgd', localSteps: 4 }, 'grey-dashed'),
  stale(unbounded, 'red'),
  stale({ name: 'k-asynchronous', k: 4 }, 'grey-mixed'),
  stale({ name: 'k-synchronous', k: 4 }, 'grey-dotted'),
  stale({ name: 'stale-synchronous', lead: 3 }, 'blue'),
  other('full-synchrony', 'grey'),
  other('adaptive-repetition', 'violet'),
  other('m-synchronous', 'orange'),
  other({ name: 'backup-workers', b: 4 }, 'blue'),
]

/** Settings that are not the defaults. */
export function settingsText({ strategy }: Method): string {
  if (typeof strategy === 'string') return ''
  const { name: _, ...own } = strategy
  return Object.entries(own)
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ')
}
