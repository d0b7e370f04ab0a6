// The behaviour of local steps and of batches in pieces, on whichever backend the suite around it has started.

import { expect, test } from 'vitest'
import { pieceOf } from './batch-pieces.ts'
import { checkBatch, checkCases, checkParameters, relativeDistance } from './gradient-computer-checks.ts'
import {
  comparePieces,
  compareWalkWithPlain,
  countWalkReadBacks,
  measureWalkGrowth,
  pieceCases,
  walkBesideSum,
  walkCases,
} from './local-walk-checks.ts'
import type { Batch } from './samples.ts'
import { createGradientComputer } from './tensorflow-computer.ts'

export function localWalkSuite(): void {
  const small = checkCases[3]!
  const settings = { samplesPerStep: small.batchSize, rate: 0.5, momentum: 0.9 }
  const started = () => {
    const computer = createGradientComputer(small.network)
    computer.loadParameters(checkParameters(small))
    return computer
  }

  test.each(walkCases.flatMap(given => [0, 0.9].map(momentum => ({ ...given, momentum }))))(
    '[MOD2] $title, momentum $momentum: 1, 2 and 4 local steps agree with the plain float64 ones',
    async ({ momentum, ...given }) => {
      const figures = await compareWalkWithPlain(given, momentum)
      expect(figures.gradientError).toBeLessThan(1e-5)
      expect(figures.lossError).toBeLessThan(1e-5)
    },
  )

  test.each(checkCases)('$title: one local step is a sum, bit for bit', async given => {
    const { walked, summed } = await walkBesideSum(given)
    expect(walked).toEqual(summed)
  })

  test.each(pieceCases)('[MOD3] $title: pieces of a batch add up to the whole', async given => {
    const figures = await comparePieces(given)
    expect(figures.ofSum).toBeLessThan(1e-6)
    expect(figures.ofWalk).toBeLessThan(1e-6)
    expect(figures.lossError).toBeLessThan(1e-6)
  })

  test.each(walkCases)('[MOD2] $title: a walk leaves nothing on the device, and is read back once', async given => {
    const growth = await measureWalkGrowth(given, 5)
    expect(growth.tensorsAfter).toBe(growth.tensorsBefore)
    expect(growth.bytesAfter).toBe(growth.bytesBefore)
    expect(await countWalkReadBacks(given)).toBe(1)
  })

  test('a batch may reach over several steps', async () => {
    const computer = started()
    const batch = checkBatch({ ...small, batchSize: 3 * small.batchSize })
    const [whole, steps] = [computer.newWalk(settings), computer.newWalk(settings)]
    await whole.add(pieceOf(batch, 0, 2))
    await expect(whole.read()).rejects.toThrow(`mid-step: 2 of ${small.batchSize} samples`)
    await whole.add(pieceOf(batch, 2, batch.size))
    for (let u = 0; u < 3; u++) await steps.add(pieceOf(batch, u * small.batchSize, (u + 1) * small.batchSize))
    const [found, expected] = [await whole.read(), await steps.read()]
    expect(found.samples).toBe(batch.size)
    expect(relativeDistance(found.gradient, expected.gradient)).toBeLessThan(1e-6)
    expect(found.lossSum).toBeCloseTo(expected.lossSum, 4)
  })

  test('a walk leaves the parameters as they are', async () => {
    const computer = started()
    const readingOf = async (batch: Batch) => {
      const sum = computer.newSum()
      await sum.add(batch)
      return sum.read()
    }
    const batch = checkBatch(small)
    const before = await readingOf(batch)
    const early = computer.newSum()
    const walk = computer.newWalk(settings)
    for (let u = 0; u < 3; u++) await walk.add(batch)
    await walk.add(pieceOf(batch, 0, 3))
    await early.add(batch)
    expect(await early.read()).toEqual(before)
    walk.dispose()
    expect(await readingOf(batch)).toEqual(before)
  })

  test('a walk cannot mix two versions of the parameters', async () => {
    const computer = started()
    const walk = computer.newWalk(settings)
    for (let u = 0; u < 2; u++) await walk.add(checkBatch(small, u))
    const before = await walk.read()
    computer.loadParameters(checkParameters(small, 2))
    await expect(walk.add(checkBatch(small))).rejects.toThrow('replaced')
    expect(await walk.read()).toEqual(before)
  })

  test('what does not fit a walk is refused', async () => {
    expect(() => createGradientComputer(small.network).newWalk(settings)).toThrow('loadParameters')
    const computer = started()
    expect(() => computer.newWalk({ ...settings, samplesPerStep: 0 })).toThrow('a step of 0 samples')
    expect(() => computer.newWalk({ ...settings, samplesPerStep: 1.5 })).toThrow(RangeError)
    const walk = computer.newWalk(settings)
    expect(await walk.read()).toEqual(await computer.newSum().read())
    const batch = checkBatch(small)
    await expect(walk.add({ ...batch, size: 3 })).rejects.toThrow('a batch of 3 needs')
    walk.dispose()
    await expect(walk.add(batch)).rejects.toThrow('disposed')
    await expect(walk.read()).rejects.toThrow('disposed')
  })
}
