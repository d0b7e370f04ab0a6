// The behaviour of a worker's own parameters on every backend; each runs it in a file of its own, because TensorFlow.js
// keeps one backend at a time.

import type { BackendName } from '@muster/vocabulary'
import { beforeAll, describe, expect, test } from 'vitest'
import { pieceOf } from '../batch-pieces.ts'
import type { GradientComputer, Replica, ReplicaLease } from '../gradient-computer.ts'
import { checkBatch, checkCases, checkParameters, relativeDistance } from '../gradient-computer-checks.ts'
import { startBackend } from '../start-backend.ts'
import { createGradientComputer } from '../tensorflow-computer.ts'
import {
  compareReplicaPieces,
  compareReplicaWithPlain,
  countReplicaReadBacks,
  displacementErrorMax,
  measureReplicaGrowth,
  replicaCases,
  replicaOptimisers,
} from './replica-checks.ts'

export function replicaSuite(backend: BackendName): void {
  const small = replicaCases[0]!
  const m = small.batchSize
  const start = checkParameters(small)
  const other = checkParameters(small, 2)
  const [sgd, , , adaHessian] = replicaOptimisers
  const lease: ReplicaLease = { rate: 0.2, pull: 0, samplesPerStep: m, probe: { seed: 1, round: 2, draw: 3 } }
  const started = (): GradientComputer => {
    const computer = createGradientComputer(small.network)
    computer.loadParameters(start)
    return computer
  }
  /** One step of a batch each. */
  const walk = async (replica: Replica, ...numbers: number[]) => {
    for (const number of numbers) await replica.add(checkBatch(small, number))
  }
  const cells = replicaCases.flatMap(given => replicaOptimisers.map(by => ({ title: given.title, by, given })))

  describe(`replicas on ${backend}`, () => {
    beforeAll(async () => {
      expect(await startBackend({ prefer: backend })).toEqual({ name: backend, notes: [] })
    })

    test.each(cells)(
      '[MOD8] $title, $by.title: 1, 2 and 4 steps over three leases agree with the plain float64 ones',
      async ({ given, by }) => {
        const figures = await compareReplicaWithPlain(given, by)
        expect(figures.displacementError).toBeLessThan(displacementErrorMax(by))
        expect(figures.lossError).toBeLessThan(displacementErrorMax(by))
      },
    )

    test.each(cells)('[MOD8] $title, $by.title: pieces add up to the whole', async ({ given, by }) => {
      const figures = await compareReplicaPieces(given, by)
      expect(figures.displacementError).toBeLessThan(displacementErrorMax(by))
      expect(figures.lossError).toBeLessThan(displacementErrorMax(by))
    })

    test.each(cells)('[MOD8] $title, $by.title: leaves nothing, and is read back once', async ({ given, by }) => {
      const growth = await measureReplicaGrowth(given, by, 3)
      expect(growth.tensorsAfter).toBe(growth.tensorsBefore)
      expect(growth.bytesAfter).toBe(growth.bytesBefore)
      expect(await countReplicaReadBacks(given, by)).toBe(1)
    })

    test('[MOD8] begins at the parameters loaded; without a pull they stay bit for bit, whatever is loaded', async () => {
      const computer = started()
      const replica = computer.newReplica(sgd!.optimiser)
      expect(await replica.read()).toEqual({ parameters: start, lossSum: 0, samples: 0 })
      replica.begin(lease)
      await walk(replica, 0, 1)
      const { parameters, samples } = await replica.read()
      expect(samples).toBe(2 * m)
      computer.loadParameters(other)
      replica.begin(lease)
      expect(await replica.read()).toEqual({ parameters, lossSum: 0, samples: 0 })
    })

    test('[MOD8] a pull takes its share of the way to the model', async () => {
      const computer = started()
      const replica = computer.newReplica(sgd!.optimiser)
      computer.loadParameters(other)
      replica.begin({ ...lease, pull: 0.25 })
      const { parameters } = await replica.read()
      expect(
        relativeDistance(
          parameters,
          start.map((x, i) => x - 0.25 * (x - other[i]!)),
        ),
      ).toBeLessThan(1e-7)
    })

    test('[MOD8] when the model is pulled as well, both keep their sum and come 1 − 2h as near', async () => {
      const computer = started()
      const replica = computer.newReplica(sgd!.optimiser)
      computer.loadParameters(other)
      const h = 0.3
      const model = other.map((x, i) => x + h * (start[i]! - x))
      replica.begin({ ...lease, pull: h })
      const { parameters } = await replica.read()
      const sum = (a: Float32Array, b: Float32Array) => a.map((x, i) => x + b[i]!)
      const apart = (a: Float32Array, b: Float32Array) => a.map((x, i) => x - b[i]!)
      expect(relativeDistance(sum(parameters, model), sum(start, other))).toBeLessThan(1e-6)
      const nearer = apart(start, other).map(x => (1 - 2 * h) * x)
      expect(relativeDistance(apart(parameters, model), nearer)).toBeLessThan(1e-6)
    })

    test.each(replicaOptimisers)(
      '[MOD8] $title: a pull of 1 gives the model, bit for bit, and keeps the state',
      async by => {
        const computer = started()
        const replica = computer.newReplica(by.optimiser)
        replica.begin(lease)
        await walk(replica, 0, 2)
        computer.loadParameters(other)
        replica.begin({ ...lease, pull: 1 })
        expect((await replica.read()).parameters).toEqual(other)
        await walk(replica, 2, 4)
        const fresh = computer.newReplica(by.optimiser)
        fresh.begin(lease)
        await walk(fresh, 2, 4)
        const [found, anew] = [(await replica.read()).parameters, (await fresh.read()).parameters]
        if (by.optimiser.kind === 'sgd') expect(found).toEqual(anew)
        else expect(found).not.toEqual(anew)
      },
    )

    test.each(replicaOptimisers.slice(0, 3))(
      '[MOD8] $title: two leases of two steps are one of four, whatever is loaded meanwhile',
      async ({ optimiser }) => {
        const computer = started()
        const [one, two] = [computer.newReplica(optimiser), computer.newReplica(optimiser)]
        one.begin(lease)
        await walk(one, 0, 1, 2, 3)
        two.begin(lease)
        await walk(two, 0, 1)
        computer.loadParameters(other)
        two.begin(lease)
        await walk(two, 2, 3)
        const [expected, found] = [await one.read(), await two.read()]
        expect(found.parameters).toEqual(expected.parameters)
        expect(found.samples).toBe(2 * m)
        expect(found.lossSum).toBeLessThan(expected.lossSum)
      },
    )

    test.each(replicaOptimisers)('[MOD8] $title: a step that breaks off leaves no trace', async ({ optimiser }) => {
      const computer = started()
      const [broken, whole] = [computer.newReplica(optimiser), computer.newReplica(optimiser)]
      for (const replica of [broken, whole]) {
        replica.begin(lease)
        await walk(replica, 0)
      }
      const { parameters } = await whole.read()
      await broken.add(pieceOf(checkBatch(small, 7), 0, 3))
      broken.begin(lease)
      expect((await broken.read()).parameters).toEqual(parameters)
      whole.begin(lease)
      await walk(broken, 1, 2)
      await walk(whole, 1, 2)
      expect(await broken.read()).toEqual(await whole.read())
    })

    test('[MOD8] what AdaHessian draws is the lease’s to say, anew for each step', async () => {
      const computer = started()
      const steps = async (probe: ReplicaLease['probe'], count: number) => {
        const replica = computer.newReplica(adaHessian!.optimiser)
        replica.begin({ ...lease, probe })
        for (let step = 0; step < count; step++) await walk(replica, 0)
        const { parameters } = await replica.read()
        replica.dispose()
        return parameters
      }
      expect(await steps(lease.probe, 2)).toEqual(await steps(lease.probe, 2))
      for (const changed of [{ seed: 2 }, { round: 3 }, { draw: 4 }])
        expect(await steps({ ...lease.probe, ...changed }, 1)).not.toEqual(await steps(lease.probe, 1))
    })

    test('[MOD8] a batch may reach over several steps, and steps may change their length', async () => {
      const computer = started()
      const batch = checkBatch({ ...small, batchSize: 3 * m })
      const [whole, steps] = [computer.newReplica(sgd!.optimiser), computer.newReplica(sgd!.optimiser)]
      whole.begin(lease)
      await whole.add(pieceOf(batch, 0, 2))
      await expect(whole.read()).rejects.toThrow(`mid-step: 2 of ${m} samples`)
      await whole.add(pieceOf(batch, 2, batch.size))
      steps.begin(lease)
      await steps.add(pieceOf(batch, 0, m))
      steps.begin({ ...lease, samplesPerStep: 2 * m })
      steps.begin(lease)
      await steps.add(pieceOf(batch, m, 3 * m))
      expect(relativeDistance((await steps.read()).parameters, (await whole.read()).parameters)).toBeLessThan(1e-6)
    })

    test('a replica and what is loaded do not reach each other', async () => {
      const computer = started()
      const sumOf = async () => {
        const sum = computer.newSum()
        await sum.add(checkBatch(small))
        return sum.read()
      }
      const before = await sumOf()
      const replica = computer.newReplica(sgd!.optimiser)
      replica.begin({ ...lease, pull: 1 })
      await walk(replica, 0, 1)
      expect(await sumOf()).toEqual(before)
      replica.begin({ ...lease, pull: 1 })
      replica.dispose()
      expect(await sumOf()).toEqual(before)
    })

    test('what does not fit a replica is refused', async () => {
      expect(() => createGradientComputer(small.network).newReplica(sgd!.optimiser)).toThrow('loadParameters')
      const computer = started()
      expect(() => computer.newReplica({ ...sgd!.optimiser, kind: 'momentum', momentum: 1 })).toThrow('momentum of 1')
      expect(() => computer.newReplica({ ...sgd!.optimiser, kind: 'lamb' as 'sgd' })).toThrow(RangeError)
      const replica = computer.newReplica(sgd!.optimiser)
      const batch = checkBatch(small)
      await expect(replica.add(batch)).rejects.toThrow('no lease')
      for (const [setting, message] of [
        [{ samplesPerStep: 0 }, 'a step of 0 samples'],
        [{ samplesPerStep: 1.5 }, 'a step of 1.5 samples'],
        [{ pull: -0.1 }, 'a pull of -0.1'],
        [{ pull: Number.NaN }, 'a pull of NaN'],
        [{ rate: Number.NaN }, 'a rate of NaN'],
      ] as const)
        expect(() => replica.begin({ ...lease, ...setting })).toThrow(message)
      replica.begin(lease)
      await expect(replica.add({ ...batch, size: 3 })).rejects.toThrow('a batch of 3 needs')
      replica.dispose()
      replica.dispose()
      expect(() => replica.begin(lease)).toThrow('disposed')
      await expect(replica.add(batch)).rejects.toThrow('disposed')
      await expect(replica.read()).rejects.toThrow('disposed')
    })

    test('differences of gradients are refused where the network has kinks, by layer and reason', () => {
      const bent = checkCases.find(({ title }) => title.endsWith('relu'))!
      const computer = createGradientComputer(bent.network)
      computer.loadParameters(checkParameters(bent))
      const differences = { ...adaHessian!.optimiser, product: 'central-differences' } as const
      expect(() => computer.newReplica(differences)).toThrow(/say nothing here: layer ".*" is not smooth: .* relu/)
      // Who needs no curvature takes no differences.
      for (const kind of ['sgd', 'adam'] as const) computer.newReplica({ ...differences, kind }).dispose()
      computer.newReplica(adaHessian!.optimiser).dispose()
    })
  })
}
