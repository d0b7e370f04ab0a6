// The same run in virtual time: the same delays, the measured costs, nobody vanishes.

import { fluidBound, type SimulatedRound, simulate, unitMs, type World } from '@muster/simulator'
import type { Milliseconds } from '@muster/vocabulary'
import { drawDelays } from './delays.ts'
import { leaseMs, type RealRunPlan } from './real-run.ts'

export interface SimulatedPlan extends RealRunPlan {
  readonly delaySeed: number
  readonly fixedCostMs: Milliseconds
}

export interface BoundedRound extends SimulatedRound {
  /** Nothing exact with whole-vector uploads is faster. */
  readonly boundMs: Milliseconds
}

export function runInVirtualTime(plan: SimulatedPlan): readonly BoundedRound[] {
  const { strategy, partitions, rounds, delaySeed } = plan
  const world = delayWorld(plan)
  const simulation = simulate({ seed: delaySeed, strategy, world, partitions, rounds, leaseMs })
  if (simulation.violations.length > 0) throw new Error(`virtual time: ${simulation.violations.join('; ')}`)
  return simulation.rounds.map(round => ({
    ...round,
    boundMs: fluidBound(world, round.round, round.survivors) * unitMs,
  }))
}

function delayWorld({ workers, delaySeed, fixedCostMs }: SimulatedPlan): World {
  const delays = drawDelays(delaySeed)
  // A delay is for 1/n of the batch.
  const batchTime = (seat: number, round: number) => (delays(seat, round) * workers) / unitMs
  return {
    name: `calibration, seed ${delaySeed}`,
    workers,
    costs: { fixedCost: fixedCostMs / unitMs, detection: 1, serverCapacity: Number.POSITIVE_INFINITY },
    computeTime: ({ seat }, round, load) => load * batchTime(seat, round),
    claim: ({ seat }) => batchTime(seat, 0),
    vanishes: () => null,
    stay: () => Number.POSITIVE_INFINITY,
  }
}
