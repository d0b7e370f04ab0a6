// How long a peer's step takes, as worlds of the simulator: a pure function of (seed, seat, draw), so that every variant
// meets the same draws. Unit: a step that nothing slows.
//
//   1 + Exp(1), 1 + Exp(mean ½);  Pareto(2) from 1 on, P(X > x) = x^{-2}
//   redrawn: each worker five times slower with chance 0.2, anew in each iteration;  persistent: one is, all the time;
//   in these two all are within ± 10 %

import { randomStream } from '@muster/numerics'
import type { World } from '@muster/simulator'

export const laws = ['exponential', 'short-exponential', 'pareto', 'redrawn', 'persistent'] as const
export type Law = (typeof laws)[number]

export const lawNames: Readonly<Record<Law, string>> = {
  exponential: '1 + Exp(1)',
  'short-exponential': '1 + Exp(mean ½)',
  pareto: '1 + Pareto(2)',
  redrawn: '20 % are 5× slower, redrawn',
  persistent: 'one is 5× slower, always',
}

const slowness = 5
const slowShare = 0.2
const spread = 0.1

export interface WorldPlan {
  readonly law: Law
  readonly workers: number
  /** Another one draws other times. */
  readonly key: readonly (string | number)[]
}

/** Units of a step. @param draw the iteration in which it was begun */
export function stepTime({ law, workers, key }: WorldPlan, seat: number, draw: number): number {
  const stream = randomStream('peers', law, ...key, seat, draw)
  switch (law) {
    case 'exponential':
      return 1 + stream.exponential()
    case 'short-exponential':
      return 1 + 0.5 * stream.exponential()
    case 'pareto':
      return 1 / Math.sqrt(1 - stream.uniform())
    case 'redrawn':
      return (stream.uniform() < slowShare ? slowness : 1) * evenPace(stream.uniform())
    case 'persistent':
      return (seat === stragglerOf(workers, key) ? slowness : 1) * evenPace(stream.uniform())
  }
}

const evenPace = (drawn: number): number => 1 + spread * (2 * drawn - 1)

const stragglerOf = (workers: number, key: WorldPlan['key']): number =>
  randomStream('peers', 'straggler', ...key).integer(workers)

/** Nothing costs but computing, and everybody has an equal part of it. */
export const peersWorld = (plan: WorldPlan): World => ({
  name: lawNames[plan.law],
  workers: plan.workers,
  costs: { fixedCost: 0, detection: 1, serverCapacity: Number.POSITIVE_INFINITY },
  computeTime: ({ seat }, draw) => stepTime(plan, seat, draw),
  claim: () => 1,
  vanishes: () => null,
  stay: () => Number.POSITIVE_INFINITY,
})

/** When everybody has waited for everybody so many times. */
export function fullTime(plan: WorldPlan, iterations: number): number {
  let sum = 0
  for (let draw = 0; draw < iterations; draw++) {
    let longest = 0
    for (let seat = 0; seat < plan.workers; seat++) longest = Math.max(longest, stepTime(plan, seat, draw))
    sum += longest
  }
  return sum
}
