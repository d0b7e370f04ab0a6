// The family of bounded staleness against its textbooks: each policy written down once more as the loop that its paper
// describes, on the same durations; after so many updates both must have the same parameters.

import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'
import { toyProblem } from './toy-problem.ts'
import type { World } from './worlds/world.ts'

const workers = 5
const partitions = 10
const rate = 0.05
const rounds = 60
/** Units that a worker takes for its share, always: no two ever end together. */
const durations = [1, 1.37, 1.731, 2.9173, 6.1337]

const world: World = {
  name: 'steady',
  workers,
  costs: { fixedCost: 0, detection: 1000, serverCapacity: Number.POSITIVE_INFINITY },
  computeTime: ({ seat }, _round, load) => durations[seat]! * workers * load,
  claim: ({ seat }) => durations[seat]! * workers,
  vanishes: () => null,
  stay: () => Number.POSITIVE_INFINITY,
}

const problem = toyProblem(3)
const block = (worker: number) => [2 * worker, 2 * worker + 1]

/** Parameters of the product's own run. */
function played(strategy: Parameters<typeof simulate>[0]['strategy']): Float32Array {
  const {
    parameters,
    violations,
    rounds: closed,
  } = simulate({
    seed: 3,
    strategy,
    world,
    partitions,
    rounds,
    problem,
    optimiser: { kind: 'sgd', learningRate: rate },
    leaseMs: 1e9,
    pieceMs: 0,
  })
  expect(violations).toEqual([])
  expect(closed.length).toBe(rounds)
  return parameters
}

interface Job {
  readonly worker: number
  readonly from: Float32Array
  readonly version: number
  readonly endsAt: number
}

/** The parameter server of the papers: what differs is how many results it waits for, and who begins anew. */
function textbook(options: {
  readonly k: number
  readonly restartsAll?: boolean
  readonly lead?: number
  readonly damps?: boolean
}): Float32Array {
  const { k, restartsAll = false, lead = Infinity, damps = false } = options
  let w = problem.start()
  let version = 0
  const clocks = durations.map(() => 0)
  const begin = (worker: number, at: number): Job => ({ worker, from: w, version, endsAt: at + durations[worker]! })
  let jobs = durations.map((_, worker) => begin(worker, 0))
  let waiting: number[] = []
  let arrived: Job[] = []
  while (version < rounds) {
    const first = jobs.reduce((one, other) => (other.endsAt < one.endsAt ? other : one))
    jobs = jobs.filter(job => job !== first)
    arrived.push(first)
    clocks[first.worker] = clocks[first.worker]! + 1
    if (arrived.length < k) continue
    // In the order of data, as any sum here.
    arrived.sort((one, other) => one.worker - other.worker)
    const total = new Float64Array(w.length)
    for (const { worker, from, version: of } of arrived) {
      const counts = damps ? 1 / (1 + version - of) : 1
      for (const j of block(worker)) {
        const { gradient } = problem.gradient(from, of, j)
        for (let i = 0; i < total.length; i++) total[i] = total[i]! + (counts * gradient[i]!) / 2
      }
    }
    w = w.map((value, i) => value - (rate * total[i]!) / k)
    version++
    const free = [
      ...arrived.map(({ worker }) => worker),
      ...waiting,
      ...(restartsAll ? jobs.map(job => job.worker) : []),
    ]
    if (restartsAll) jobs = []
    arrived = []
    const slowest = Math.min(...clocks)
    waiting = free.filter(worker => clocks[worker]! - slowest > lead)
    for (const worker of free) if (!waiting.includes(worker)) jobs.push(begin(worker, first.endsAt))
  }
  return w
}

const abs = (settings: Record<string, number | string>) => ({
  name: 'adaptive-bounded-staleness',
  damping: 'none',
  ...settings,
})
const unbounded = { rule: 'fixed', c: 1e9 }

const close = (one: Float32Array, other: Float32Array) =>
  one.forEach((value, i) => {
    expect(value).toBeCloseTo(other[i]!, 4)
  })

describe('the family', () => {
  test.each([
    ['local-sgd', { name: 'local-sgd', localSteps: 1 }, abs({ ...unbounded, k0: workers }), { k: workers }],
    ['asynchronous', 'asynchronous', abs({ ...unbounded, k0: 1 }), { k: 1 }],
    ['k-asynchronous', { name: 'k-asynchronous', k: 3 }, abs({ ...unbounded, k0: 3 }), { k: 3 }],
    [
      'k-synchronous',
      { name: 'k-synchronous', k: 3 },
      abs({ rule: 'fixed', c: 0, starvedAfter: 0, k0: 3 }),
      { k: 3, restartsAll: true },
    ],
  ] as const)(
    '[A3] %s has the trace of its textbook, and of adaptive bounded staleness with its settings',
    (_, choice, general, loop) => {
      const own = played(choice)
      expect(played(general)).toEqual(own)
      close(own, textbook(loop))
      // The textbooks differ from each other, or this would show nothing.
      expect(textbook({ k: 2 })).not.toEqual(textbook(loop))
    },
  )

  test('[A3] all results in every round: the parameters of full synchrony', () => {
    close(played({ name: 'k-synchronous', k: workers }), played('full-synchrony'))
  })

  test.each([0, 1, 4])('[A3] stale-synchronous with a lead of %i has the trace of its textbook', lead => {
    close(played({ name: 'stale-synchronous', lead }), textbook({ k: 1, lead }))
  })

  test('[A3] the two AdaSyncs are adaptive bounded staleness without a bound', () => {
    const unlimited = { c: 1e9, k0: 2, rule: 'adasync' }
    expect(played({ name: 'adasync', k0: 2 })).toEqual(played(abs(unlimited)))
    expect(played({ name: 'sa-adasync', k0: 2 })).toEqual(played(abs({ ...unlimited, damping: 'inverse' })))
  })

  test('[A3] a result τ updates behind counts 1/(1 + τ) where damping is chosen', () => {
    close(played(abs({ ...unbounded, k0: 2, damping: 'inverse' })), textbook({ k: 2, damps: true }))
  })

  test('[A3] local steps: as many as set, at the rate of the run, and their mean is applied', () => {
    let w = problem.start()
    for (let round = 0; round < rounds; round++) {
      const total = new Float64Array(w.length)
      for (let worker = 0; worker < workers; worker++) {
        let local = w
        for (let step = 0; step < 3; step++) {
          const gradients = block(worker).map(j => problem.gradient(local, 3 * round + step, j).gradient)
          const mean = gradients[0]!.map((g, i) => (g + gradients[1]![i]!) / 2)
          mean.forEach((g, i) => {
            total[i] = total[i]! + g
          })
          local = local.map((value, i) => value - rate * mean[i]!)
        }
      }
      w = w.map((value, i) => value - (rate * total[i]!) / workers)
    }
    close(played({ name: 'local-sgd', localSteps: 3 }), w)
  })
})
