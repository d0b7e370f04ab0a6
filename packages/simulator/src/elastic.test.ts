// Elastic averaging against its textbook: the loop that the paper describes, written down once more on the same
// durations; and what its exchanges must keep to, in runs of the product's own machines.

import { distance, mixModel } from '@muster/parameters'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Problem } from './problem.ts'
import { type SimulationSettings, simulate } from './simulate.ts'
import { toyProblem } from './toy-problem.ts'
import { newReplica, pullReplica } from './virtual-replica.ts'
import type { World } from './worlds/world.ts'

const partitions = 10
const rate = 0.05
/** Units that a worker takes for one partition, always: no two ever end together. */
const durations = [1, 1.37, 1.731, 2.9173, 6.1337]

const worldOf = (workers: number, paces = durations): World => ({
  name: 'steady',
  workers,
  costs: { fixedCost: 0, detection: 1000, serverCapacity: Number.POSITIVE_INFINITY },
  computeTime: ({ seat }, _round, load) => paces[seat]! * partitions * load,
  claim: ({ seat }) => paces[seat]! * partitions,
  vanishes: () => null,
  stay: () => Number.POSITIVE_INFINITY,
})

const problem = toyProblem(3)
const plain = { name: 'elastic-averaging', weights: 'fixed', overlap: 0, localSteps: 1 } as const

function play(settings: Partial<SimulationSettings> & Pick<SimulationSettings, 'strategy'>) {
  const models: Float32Array[] = []
  const run = simulate({
    seed: 3,
    world: worldOf(5),
    partitions,
    rounds: 60,
    problem,
    optimiser: { kind: 'sgd', learningRate: rate },
    leaseMs: 1e9,
    pieceMs: 0,
    ...settings,
    onUpdate(update) {
      models.push(update.parameters)
      return undefined
    },
  })
  expect(run.violations).toEqual([])
  return { ...run, models }
}

const vector = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 8 })
const steps = {
  id: 1,
  steps: 1,
  optimiser: { kind: 'sgd', momentum: 0, averaging: 'convolutions', product: 'exact' },
} as const

/** Both sides of an exchange as run here: x by the worker's rule, x̃ by the data plane's. */
function exchange(own: number[], pull: number, push: number) {
  const model = Float32Array.from(own, (value, i) => (value * (i + 3)) % 17)
  const replica = newReplica({ ...steps, pull: 0 }, 1, { version: 0, parameters: Float32Array.from(own) }, false)
  const x = replica.x
  pullReplica(replica, { ...steps, pull }, { version: 1, parameters: model })
  return { before: { x, model }, after: { x: replica.x, model: mixModel(model, [{ vector: x, weight: push }]) } }
}

const weights = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true }))

describe('an exchange', () => {
  test('[E1] with h₁ = h₂ the sum of both sides is kept', () => {
    fc.assert(
      fc.property(vector, fc.double({ min: 0, max: 0.5, noNaN: true }), (own, alpha) => {
        const { before, after } = exchange(own, alpha, alpha)
        own.forEach((_, i) => {
          const sum = before.x[i]! + before.model[i]!
          expect(Math.abs(after.x[i]! + after.model[i]! - sum)).toBeLessThanOrEqual(1e-6 * (1000 + Math.abs(sum)))
        })
      }),
    )
  })

  test('[E2] the distance shrinks to |1 − h₁ − h₂| of itself', () => {
    fc.assert(
      fc.property(vector, weights, (own, [pull, push]) => {
        const { before, after } = exchange(own, pull, push)
        const expected = Math.abs(1 - pull - push) * distance(before.x, before.model)
        expect(Math.abs(distance(after.x, after.model) - expected)).toBeLessThan(1e-3)
      }),
    )
  })

  test('with h₁ = 1 the worker has the model, bit for bit; with h₂ = 0 the model stays, bit for bit', () => {
    const { before, after } = exchange([1.1, 2.7, -3.3], 1, 0)
    expect(after.x).toEqual(before.model)
    expect(after.model).toEqual(before.model)
  })
})

describe('elastic averaging', () => {
  test('[E6] one worker, one step, fixed weights: EASGD by the textbook', () => {
    const alpha = 0.3
    // All data alike: who takes which when is not the textbook's.
    const still: Problem = { ...problem, gradient: parameters => problem.gradient(parameters, 0, 0) }
    const strategy = { ...plain, movingRate: alpha }
    const { parameters } = play({ strategy, world: worldOf(1), rounds: 40, problem: still })
    let x = Float64Array.from(problem.start())
    let model = x.slice()
    for (let t = 0; t < 40; t++) {
      const { gradient } = still.gradient(Float32Array.from(x), t, 0)
      x = x.map((value, i) => value - rate * gradient[i]!)
      const difference = x.map((value, i) => value - model[i]!)
      x = x.map((value, i) => value - alpha * difference[i]!)
      model = model.map((value, i) => value + alpha * difference[i]!)
    }
    expect(distance(parameters, model)).toBeLessThan(1e-5)
    expect(distance(parameters, Float32Array.from(problem.start()))).toBeGreaterThan(0.1)
  })

  test.each([
    { weights: 'fixed', localSteps: 1 },
    { weights: 'fixed', localSteps: 4, overlap: 0.25 },
    { weights: 'dynamic', localSteps: 2, warmUp: 2, range: 0.1, deadZone: 0 },
    { weights: 'dynamic', localSteps: 3, warmUp: 0, comparison: 'none', memory: 1, movingRate: 0.5, overlap: 0.5 },
  ])('%j: what many workers exchanged is what one process comes to that does it in that order', settings => {
    const strategy = { name: 'elastic-averaging', ...settings }
    const faults = [0, 1, 2].flatMap(i => [
      { at: 4000 + 30_000 * i, fault: { kind: 'freeze', worker: `w${i}`, forMs: 25_000 } as const },
      { at: 9000 + 30_000 * i, fault: { kind: 'reconnect', worker: `w${4 - i}` } as const },
    ])
    // Without a problem of one's own, the textbook runs beside the simulation.
    const run = simulate({
      ...{ seed: 5, strategy, world: worldOf(5), partitions, rounds: 250, leaseMs: 1e9 },
      optimiser: { kind: 'sgd', learningRate: rate },
      losses: { share: 0.3, burst: 3 },
      faults,
    })
    expect(run.violations).toEqual([])
    expect(run.referenceError).toBeLessThan(1e-5)
    const pulls = run.rounds.flatMap(({ workerFigures }) => Object.values(workerFigures ?? {}).map(({ pull }) => pull!))
    expect(pulls.length).toBe(250)
    // The rule was at work, not only its ends.
    if (settings.weights === 'dynamic') expect(new Set(pulls).size).toBeGreaterThan(10)
  })

  test('[E5] a worker whose exchanges all fail has no part in the model', () => {
    const lost = { share: 1, seats: [2] }
    const ownOfSeat2 = [4, 5]
    const poisoned: Problem = {
      ...problem,
      gradient: (parameters, draw, partition) =>
        ownOfSeat2.includes(partition)
          ? { gradient: parameters.map(() => 1e6), lossSum: 1e9 }
          : problem.gradient(parameters, draw, partition),
    }
    const dynamic = { name: 'elastic-averaging', overlap: 0, warmUp: 0 }
    const honest = play({ strategy: dynamic, losses: lost })
    const other = play({ strategy: dynamic, losses: lost, problem: poisoned })
    expect(other.models).toEqual(honest.models)
    // It does learn something, and without the losses the poison would show.
    expect(honest.models.length).toBe(60)
    expect(play({ strategy: dynamic, problem: poisoned }).models).not.toEqual(honest.models)
    expect(honest.rounds.some(({ workerFigures }) => workerFigures?.['w2' as never] !== undefined)).toBe(false)
  })

  test('who was frozen while the model moved is pulled harder when it comes back, and pushes less', () => {
    const { rounds } = play({
      strategy: { name: 'elastic-averaging', overlap: 0.5, warmUp: 4 },
      rounds: 400,
      faults: [{ at: 60_000, fault: { kind: 'freeze', worker: 'w1', forMs: 250_000 } }],
      // Far from where it is to go: the model moves all the time.
      problem: {
        ...problem,
        start: () => problem.start().map(w => w + 1000),
      },
      optimiser: { kind: 'sgd', learningRate: 0.002 },
    })
    const own = rounds.flatMap(({ round, openedAt, workerFigures }) => {
      const figures = workerFigures?.['w1' as never] as Record<'pull' | 'push' | 'distance', number> | undefined
      return figures ? [{ round, openedAt, ...figures }] : []
    })
    const before = own.filter(({ openedAt }) => openedAt < 60_000)
    const back = own.find(({ openedAt }) => openedAt > 200_000)!
    const usual = before.map(({ pull }) => pull).sort((a, b) => a - b)[Math.floor(before.length / 2)]!
    expect(before.length).toBeGreaterThan(5)
    expect(back.distance).toBeGreaterThan(5 * before.at(-1)!.distance)
    expect(back.pull).toBeGreaterThan(usual + 0.2)
    expect(back.push).toBeLessThan(before.at(-1)!.push)
  })
})
