// A storm: a run under faults drawn from one seed, everything else drawn from it too. With newcomers who replace some
// of the lost; or without, so that a worker forgotten by the policy stays forgotten.

import { type Losses, randomStream } from '@muster/numerics'
import type { StrategyChoice } from '@muster/strategies'
import { drawFaults } from './faults.ts'
import { type PeerNetwork, type Simulation, simulate } from './simulate.ts'
import { createWorld } from './worlds/create-world.ts'

export interface StormSettings {
  readonly seed: number
  readonly strategy: StrategyChoice
  readonly hasNewcomers: boolean
}

/** In some storms answers get lost on the way as well, singly or in bursts. */
function drawLosses(seed: number): { losses?: Losses } {
  const draw = randomStream(seed, 'storm-losses')
  if (draw.uniform() < 0.6) return {}
  const share = 0.5 * draw.uniform()
  return { losses: draw.uniform() < 0.5 ? { share } : { share, burst: 2 + 4 * draw.uniform() } }
}

/** In some, what peers say to each other gets lost, comes twice and out of order. */
function drawPeerNetwork(seed: number): { peerNetwork?: PeerNetwork } {
  const draw = randomStream(seed, 'storm-peers')
  if (draw.uniform() < 0.5) return {}
  return { peerNetwork: { lost: 0.1 * draw.uniform(), doubled: 0.2 * draw.uniform(), delayMs: 300 * draw.uniform() } }
}

/** Who waits for everybody's answer does the whole of a lost one's work again, burst after burst. */
const patience = ({ losses }: { losses?: Losses }): number => (losses ? 4 : 1)

/** Cyclic codes leave a lost row, at worst the whole batch, to one worker after the other; peers iterate ten times. */
const boundOf = (name: string): number => (/cyclic/.test(name) ? 400_000 : /dynamic/.test(name) ? 2_400_000 : 120_000)

const nameOf = (strategy: StrategyChoice): string => (typeof strategy === 'string' ? strategy : strategy.name)

export const storm = (settings: StormSettings): Simulation =>
  settings.hasNewcomers ? stormWithNewcomers(settings) : stormWithoutNewcomers(settings)

function stormWithNewcomers({ seed, strategy }: StormSettings): Simulation {
  const draw = randomStream(seed, 'storm')
  const workers = 1 + draw.integer(9)
  const partitions = 1 + draw.integer(40)
  const fixedCost = draw.uniform() < 0.5 ? 0 : 0.2 * draw.exponential()
  const size = { workers, partitions, rounds: 12 }
  const losses = drawLosses(seed)
  return simulate({
    seed,
    strategy,
    world: createWorld({ world: 'jitter:j=0', ...size, fixedCost, seed }),
    ...size,
    leaseMs: 5000,
    silenceMs: 4000,
    // A lease, a silence and a freeze, and then the work of the slowest.
    roundMsMax: patience(losses) * boundOf(nameOf(strategy)),
    ...losses,
    ...drawPeerNetwork(seed),
    faults: drawFaults(seed, workers, 60_000, 700 * (1 + draw.uniform())),
  })
}

function stormWithoutNewcomers({ seed, strategy }: StormSettings): Simulation {
  const draw = randomStream(seed, 'storm-without-newcomers')
  const workers = 1 + draw.integer(draw.uniform() < 0.7 ? 5 : 24)
  const partitions = 1 + draw.integer(48)
  const fixedCost = draw.uniform() < 0.3 ? 0 : 0.4 * draw.exponential()
  const world = draw.uniform() < 0.5 ? 'jitter:j=0' : 'jitter:j=0.5'
  const leaseMs = [2000, 5000, 20000][draw.integer(3)]!
  const everyMs = [60, 200, 500, 1200][draw.integer(4)]! * (1 + draw.uniform())
  const size = { workers, partitions, rounds: 6 }
  const losses = drawLosses(seed)
  return simulate({
    seed,
    strategy,
    world: createWorld({ world, ...size, fixedCost, seed }),
    ...size,
    leaseMs,
    silenceMs: 4000,
    roundMsMax: patience(losses) * Math.max(1_000_000, 4 * boundOf(nameOf(strategy))),
    ...losses,
    ...drawPeerNetwork(seed),
    faults: drawFaults(seed, workers, 20_000, everyMs).filter(
      ({ fault }) => fault.kind !== 'join' && !(fault.kind === 'vanish' && fault.worker === 'w0'),
    ),
  })
}
