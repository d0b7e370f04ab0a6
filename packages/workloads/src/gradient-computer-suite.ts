// The behaviour suite of all compute backends; each runs it in a file of its own, because TensorFlow.js keeps one
// backend at a time.

import type { BackendName } from '@muster/vocabulary'
import { beforeAll, describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import {
  checkBatch,
  checkCases,
  checkParameters,
  compareWithPlain,
  countRangeDifferences,
  countReadBacks,
  measureGrowth,
  readBacksOf,
  relativeDistance,
} from './gradient-computer-checks.ts'
import { localWalkSuite } from './local-walk-suite.ts'
import type { Rows } from './samples.ts'
import { startBackend } from './start-backend.ts'
import { createGradientComputer } from './tensorflow-computer.ts'
import { warmUp } from './warm-up.ts'

export function gradientComputerSuite(backend: BackendName): void {
  const small = checkCases[3]!
  const started = () => {
    const computer = createGradientComputer(small.network)
    computer.loadParameters(checkParameters(small))
    return computer
  }

  describe(`gradients on ${backend}`, () => {
    beforeAll(async () => {
      expect(await startBackend({ prefer: backend })).toEqual({ name: backend, notes: [] })
    })

    // Single precision keeps 7 digits; sums of a few hundred terms lose one, differences of the plain loss are good to 9.
    test.each(checkCases)('[MOD2] $title: agrees with difference quotients of the plain float64 loss', async given => {
      const figures = await compareWithPlain(given)
      expect(figures.gradientError).toBeLessThan(1e-5)
      expect(figures.lossError).toBeLessThan(1e-5)
    })

    test.each(checkCases.slice(5))(
      '[MOD2] $title: nothing is left on the device, and it is read back once',
      async given => {
        const growth = await measureGrowth(given, 5)
        expect(growth.tensorsAfter).toBe(growth.tensorsBefore)
        expect(growth.bytesAfter).toBe(growth.bytesBefore)
        expect(await countReadBacks(given)).toBe(1)
      },
    )

    test('sums add up, weights scale, samples are counted', async () => {
      const computer = started()
      const gradientOf = async (...terms: [number, number][]) => {
        const sum = computer.newSum()
        for (const [number, weight] of terms) await sum.add(checkBatch(small, number), weight)
        return sum.read()
      }
      const a = await gradientOf([0, 1])
      const b = await gradientOf([1, 1])
      const both = await gradientOf([0, 3], [1, -0.5])
      const expected = a.gradient.map((value, i) => 3 * value - 0.5 * b.gradient[i]!)
      expect(relativeDistance(both.gradient, expected)).toBeLessThan(1e-5)
      expect(both.lossSum).toBeCloseTo(3 * a.lossSum - 0.5 * b.lossSum, 3)
      expect(both.samples).toBe(2 * small.batchSize)
    })

    test('one backward pass serves several weighted sums', async () => {
      const computer = started()
      const [a, b] = [computer.newSum(), computer.newSum()]
      await a.add(checkBatch(small, 0))
      await b.add(checkBatch(small, 1))
      const direct = computer.newSum()
      await direct.add(checkBatch(small, 0), 3)
      await direct.add(checkBatch(small, 1), -0.5)
      const included = computer.newSum()
      await included.include(a, 3)
      await included.include(b, -0.5)
      await included.include(computer.newSum(), 7)
      const [expected, found] = [await direct.read(), await included.read()]
      expect(relativeDistance(found.gradient, expected.gradient)).toBeLessThan(1e-5)
      expect(found.lossSum).toBeCloseTo(expected.lossSum, 3)
      expect(found.samples).toBe(2 * small.batchSize)
      // What was included is left as it was.
      expect((await a.read()).samples).toBe(small.batchSize)
      computer.loadParameters(checkParameters(small, 2))
      await expect(computer.newSum().include(a, 1)).rejects.toThrow('other parameters')
    })

    test('a new sum is zero', async () => {
      const reading = await started().newSum().read()
      expect(reading.gradient.every(value => value === 0)).toBe(true)
      expect(reading).toMatchObject({ lossSum: 0, samples: 0 })
    })

    test('a copy and its original do not reach each other', async () => {
      const computer = started()
      const sum = computer.newSum()
      await sum.add(checkBatch(small, 0))
      const copy = sum.copy()
      const before = await copy.read()
      await sum.add(checkBatch(small, 1))
      const grown = await sum.read()
      expect(await copy.read()).toEqual(before)
      await copy.add(checkBatch(small, 1))
      expect(await copy.read()).toEqual(grown)
      copy.dispose()
      expect(await sum.read()).toEqual(grown)
    })

    test.each(checkCases.slice(3, 8))(
      '[TILE11] $title: ranges are what the sum was when they were taken, to the last bit',
      async given => {
        expect(await countRangeDifferences(given)).toBe(0)
      },
    )

    test('[TILE11] a range has the samples of its sum, and outlives it; of an empty sum it is zero', async () => {
      const sum = started().newSum()
      const empty = sum.takeRange(2, 5)
      await sum.add(checkBatch(small))
      const whole = sum.takeRange(0, small.network.parameterCount)
      const expected = await sum.read()
      sum.dispose()
      expect(await whole.read()).toEqual(expected)
      expect(expected.samples).toBe(small.batchSize)
      expect(await empty.read()).toEqual({ gradient: new Float32Array(3), lossSum: 0, samples: 0 })
      for (const range of [whole, empty]) range.dispose()
    })

    test('a range that is none is refused', async () => {
      const sum = started().newSum()
      const { parameterCount } = small.network
      for (const [from, to] of [
        [-1, 2],
        [3, 3],
        [4, 3],
        [0, parameterCount + 1],
        [Number.NaN, 2],
      ] as const)
        expect(() => sum.takeRange(from, to)).toThrow(RangeError)
      sum.dispose()
      expect(() => sum.takeRange(0, 1)).toThrow('disposed')
    })

    test('[TILE11] a range is read back at once', async () => {
      const sum = started().newSum()
      await sum.add(checkBatch(small))
      const range = sum.takeRange(1, 4)
      expect(await readBacksOf(() => range.read())).toBe(1)
      range.dispose()
      sum.dispose()
    })

    test('the same work gives the same bytes', async () => {
      const readings = []
      for (let time = 0; time < 2; time++) {
        const sum = started().newSum()
        await sum.add(checkBatch(small))
        readings.push(await sum.read())
      }
      expect(readings[0]).toEqual(readings[1])
    })

    test('a sum cannot mix two versions of the parameters', async () => {
      const computer = started()
      const sum = computer.newSum()
      await sum.add(checkBatch(small))
      const before = await sum.read()
      computer.loadParameters(checkParameters(small, 2))
      await expect(sum.add(checkBatch(small))).rejects.toThrow('replaced')
      expect(await sum.read()).toEqual(before)
      const fresh = computer.newSum()
      await fresh.add(checkBatch(small))
      expect(relativeDistance((await fresh.read()).gradient, before.gradient)).toBeGreaterThan(0.1)
    })

    test('the parameters loaded are copied', async () => {
      const parameters = checkParameters(small)
      const computer = started()
      computer.loadParameters(parameters)
      parameters.fill(0)
      const sum = computer.newSum()
      await sum.add(checkBatch(small))
      const untouched = started().newSum()
      await untouched.add(checkBatch(small))
      expect(await sum.read()).toEqual(await untouched.read())
    })

    test('what does not fit is refused', async () => {
      const computer = createGradientComputer(small.network)
      expect(() => computer.newSum()).toThrow('loadParameters')
      expect(() => computer.loadParameters(new Float32Array(3))).toThrow(`${small.network.parameterCount} parameters`)
      computer.loadParameters(checkParameters(small))
      const sum = computer.newSum()
      const batch = checkBatch(small)
      await expect(sum.add({ ...batch, size: 3 })).rejects.toThrow('a batch of 3 needs')
      await expect(sum.add({ ...batch, labels: batch.labels.map(() => 10) })).rejects.toThrow('label 10')
      sum.dispose()
      await expect(sum.add(batch)).rejects.toThrow('disposed')
    })

    test('large logits neither overflow nor lose the loss', async () => {
      const computer = started()
      computer.loadParameters(checkParameters(small).map(value => 1000 * value))
      const sum = computer.newSum()
      await sum.add(checkBatch(small))
      const { gradient, lossSum } = await sum.read()
      expect(Number.isFinite(lossSum)).toBe(true)
      expect(gradient.every(Number.isFinite)).toBe(true)
    })

    test('a sum is read back at once', async () => {
      expect(await countReadBacks(small)).toBe(1)
    })

    test('nothing is left on the device', async () => {
      const growth = await measureGrowth(small)
      expect(growth.tensorsAfter).toBe(growth.tensorsBefore)
      expect(growth.bytesAfter).toBe(growth.bytesBefore)
    })

    test('warm-up measures by the clock it is given', async () => {
      let ms = 0
      const computer = started()
      const figures = await warmUp(computer, 4, () => {
        ms += 3
        return ms
      })
      expect(figures.msPerBatch).toBe(3)
    })

    test('evaluation does not depend on the batch size', async () => {
      const computer = started()
      const count = 23
      const batch = checkBatch({ ...small, batchSize: count })
      const samples: Rows = {
        kind: 'rows',
        count,
        inputSize: small.network.inputSize,
        inputs: batch.inputs,
        labels: batch.labels,
      }
      const whole = await evaluate(computer, samples)
      const pieces = await evaluate(computer, samples, 10)
      expect(pieces.accuracy).toBe(whole.accuracy)
      expect(pieces.loss).toBeCloseTo(whole.loss, 5)
      expect(Number.isInteger(Math.round(whole.accuracy * count * 1e6) / 1e6)).toBe(true)
    })

    localWalkSuite()
  })
}
