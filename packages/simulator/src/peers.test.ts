// Peers in runs of the product's own machines: the coordinator's strategy, the peers, and messages between them.

import { randomStream } from '@muster/numerics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Problem } from './problem.ts'
import { type PeerNetwork, type Simulation, type SimulationSettings, simulate } from './simulate.ts'
import { unitMs } from './stage.ts'
import { createWorld } from './worlds/create-world.ts'
import type { World } from './worlds/world.ts'

const name = 'dynamic-backup-workers'
const rate = 0.05
const seeds = fc.nat(1_000_000)
const peersOf = fc.integer({ min: 1, max: 8 })

/** Each step takes as long as drawn, whatever is computed in it. */
const drawnUnits = (seed: number, seat: number, draw: number) =>
  1 + randomStream('steps', seed, seat, draw).exponential()

const worldOf = (workers: number, seed: number, fixedCost = 0): World => ({
  name: 'drawn',
  workers,
  costs: { fixedCost, detection: 1000, serverCapacity: Number.POSITIVE_INFINITY },
  computeTime: ({ seat }, draw) => drawnUnits(seed, seat, draw),
  claim: () => 1,
  vanishes: () => null,
  stay: () => Number.POSITIVE_INFINITY,
})

/** Nobody loses patience unless it is said. */
const patient = { name, patienceMs: 600_000 } as const

function play(
  workers: number,
  seed: number,
  settings: Partial<SimulationSettings> & Pick<SimulationSettings, 'strategy'>,
): Simulation & { readonly models: readonly Float32Array[] } {
  const models: Float32Array[] = []
  const run = simulate({
    seed,
    world: worldOf(workers, seed),
    partitions: 2 * workers,
    rounds: 6,
    optimiser: { kind: 'sgd', learningRate: rate },
    leaseMs: 1e9,
    ...settings,
    onUpdate({ parameters }) {
      models.push(parameters)
      return undefined
    },
  })
  expect(run.violations).toEqual([])
  return { ...run, models }
}

/** What a round says, to the last digit that a sum in another order keeps. */
const rounded = ({ rounds }: Simulation) =>
  rounds.map(({ totalMs, figures }) => [
    totalMs.toPrecision(9),
    ...Object.entries(figures).map(([key, value]) => `${key} ${value.toPrecision(9)}`),
  ])

describe('who ends iterations', () => {
  test('[PEER1] where messages take no time: the peers among themselves have the rounds that an arbiter gives', () => {
    fc.assert(
      fc.property(peersOf, seeds, (workers, seed) => {
        const by = (decider: string) => play(workers, seed, { strategy: { ...patient, every: 4, decider } })
        const [among, under] = [by('peers'), by('coordinator')]
        expect(rounded(among)).toEqual(rounded(under))
        expect(among.models).toEqual(under.models)
        expect(among.endedAt).toBeCloseTo(under.endedAt, 6)
      }),
      { numRuns: 15 },
    )
  })

  test('[D3] the threshold rule is quicker than waiting for everybody, on the same draws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), seeds, (workers, seed) => {
        const meanMs = (strategy: object) => {
          const { rounds } = play(workers, seed, { strategy: { ...patient, every: 10, ...strategy } })
          return rounds.reduce((sum, { figures }) => sum + figures.iterationMs!, 0) / rounds.length
        }
        expect(meanMs({})).toBeLessThan(meanMs({ waitFor: 'all-but', backups: 0 }))
      }),
      { numRuns: 6 },
    )
  })
})

describe('cb-Full', () => {
  const full = { ...patient, waitFor: 'all-but', backups: 0 } as const

  test('waits for everybody: no link is skipped, and an iteration takes as long as the slowest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), seeds, (workers, seed) => {
        const { rounds } = play(workers, seed, { strategy: { ...full, every: 150 }, rounds: 1 })
        const { figures } = rounds[0]!
        expect(figures.linksSkipped).toBe(0)
        expect(figures.backups).toBe(0)
        expect(figures.iterations).toBeGreaterThan(100)
        const slowest = Array.from({ length: figures.iterations! }, (_, k) =>
          Math.max(...Array.from({ length: workers }, (_, seat) => drawnUnits(seed, seat, k))),
        )
        const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
        // The last iteration has been told of by all, or not by all yet.
        const known = [slowest, slowest.slice(0, -1)].map(of => Math.abs(figures.iterationMs! / unitMs / mean(of) - 1))
        expect(Math.min(...known)).toBeLessThan(1e-9)
      }),
      { numRuns: 6 },
    )
  })

  /** Gradients that do not depend on the model: the first coordinate counts steps. */
  const known: Problem = {
    dimension: 2,
    samplesPerPartition: 1,
    start: () => Float32Array.of(3, -1),
    gradient: (_, draw, partition) => ({
      gradient: Float32Array.of(1, randomStream('known', draw, partition).normal()),
      lossSum: 0,
    }),
  }

  test.each(['ATC', 'CTA'])(
    '[PEER8] %s: the mean moves by the mean of all gradients, iteration after iteration',
    order => {
      fc.assert(
        fc.property(peersOf, seeds, (workers, seed) => {
          const { models } = play(workers, seed, { strategy: { ...full, every: 3, order }, problem: known, rounds: 4 })
          let before = 0
          for (const [first, second] of models) {
            const iterations = (3 - first!) / rate
            expect(iterations / 3).toBeCloseTo(Math.round(iterations / 3), 3)
            expect(iterations).toBeGreaterThan(before)
            before = iterations
            let expected = -1
            for (let draw = 0; draw < Math.round(iterations); draw++)
              for (let partition = 0; partition < 2 * workers; partition++)
                expected -= (rate * randomStream('known', draw, partition).normal()) / (2 * workers)
            expect(second).toBeCloseTo(expected, 4)
          }
        }),
        { numRuns: 15 },
      )
    },
  )
})

describe('mixing', () => {
  test('[D2] keeps the mean in every iteration, whatever the graph, the rule and the network', () => {
    fc.assert(
      fc.property(
        peersOf,
        seeds,
        fc.constantFrom('random', 'ring', 'complete', 'tree', 'by-chance'),
        fc.constantFrom('peers', 'coordinator'),
        fc.constantFrom('carry-over', 'redraw'),
        fc.constantFrom(0, 0.2, 2),
        (workers, seed, topology, decider, unfinished, fixedCost) => {
          const { rounds } = play(workers, seed, {
            strategy: { ...patient, every: 5, topology, decider, unfinished },
            world: worldOf(workers, seed, fixedCost),
          })
          expect(rounds.length).toBe(6)
          for (const { figures } of rounds) expect([figures.torn, figures.unbalanced]).toEqual([0, 0])
        },
      ),
      { numRuns: 30 },
    )
  })

  test('in worlds where some are slow for good, too', () => {
    for (const world of ['bimodal-slow:p=0.3,f=10', 'jitter:j=1', 'pareto'])
      for (let seed = 0; seed < 2; seed++) {
        const size = { workers: 6, partitions: 12, rounds: 6 }
        const { rounds } = play(6, seed, {
          strategy: patient,
          world: createWorld({ world, ...size, fixedCost: 0.3, seed }),
        })
        for (const { figures } of rounds) expect(figures.unbalanced).toBe(0)
      }
  })
})

describe('hardship', () => {
  const hasty = { name, patienceMs: 3000, every: 5 } as const

  test('[PEER3] messages that get lost, come twice and overtake each other: rounds go on', () => {
    const network = fc.record({
      lost: fc.double({ min: 0, max: 0.15, noNaN: true }),
      doubled: fc.double({ min: 0, max: 0.3, noNaN: true }),
      delayMs: fc.double({ min: 0, max: 500, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), seeds, network, (workers, seed, peerNetwork: PeerNetwork) => {
        const { rounds, unfinished } = play(workers, seed, { strategy: hasty, peerNetwork })
        expect(unfinished).toBeNull()
        expect(rounds.length).toBe(6)
      }),
      { numRuns: 12 },
    )
  })

  test('[D5] a peer falls silent on the tree: the others go on, without it once it is missed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 6 }), seeds, (workers, seed) => {
        const dead = `w${seed % workers}`
        const { rounds, unfinished } = play(workers, seed, {
          strategy: hasty,
          leaseMs: 20_000,
          silenceMs: 10_000,
          rounds: 12,
          faults: [{ at: 9000 + (seed % 5000), fault: { kind: 'vanish', worker: dead, isSilent: true } }],
        })
        expect(unfinished).toBeNull()
        expect(rounds.length).toBe(12)
        expect(Object.keys(rounds.at(-1)!.workerFigures ?? {})).not.toContain(dead)
      }),
      { numRuns: 12 },
    )
  })

  const [frozenAt, frozenMs] = [12_000, 1_000_000]

  test('[PEER4] half of them are frozen for a long time, and thaw: all are part of it again', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rounds, unfinished } = play(4, seed, {
          strategy: { ...hasty, topology: 'complete' },
          rounds: 30,
          faults: [0, 1].map(seat => ({
            at: frozenAt,
            fault: { kind: 'freeze', worker: `w${seat}`, forMs: frozenMs },
          })) as never,
        })
        expect(unfinished).toBeNull()
        // Meanwhile the others went on, if slowly: each iteration costs them their patience.
        const closedAt = rounds.map((_, i) => rounds.slice(0, i + 1).reduce((sum, { totalMs }) => sum + totalMs, 0))
        expect(closedAt.filter(at => at > frozenAt && at < frozenAt + frozenMs).length).toBeGreaterThan(0)
        expect(Object.keys(rounds.at(-1)!.workerFigures ?? {}).sort()).toEqual(['w0', 'w1', 'w2', 'w3'])
        expect(rounds.at(-1)!.figures.torn).toBe(0)
      }),
      { numRuns: 6 },
    )
  })
})
