import { relativeError } from '@muster/parameters'
import { leaseId, type Work } from '@muster/vocabulary'
import { type GradientComputer, initialParameters } from '@muster/workloads'
import { describe, expect, test } from 'vitest'
import { assign, computer, direct, network, parameters, stage, turn, until } from './node-loop-stage.ts'

describe('the computing loop', () => {
  test('[VOL1] what it sends is the direct sum over the lease’s partitions, with its samples', async () => {
    const theStage = stage()
    assign(theStage, 1, { partitions: [2, 0, 3], levels: [{ upTo: 3 }], upload: 'when-done' })
    const { header, vector } = await theStage.nextFrame()
    expect(header).toMatchObject({ lease: 1, round: 0, covers: 3, samples: 12, coordinates: 7850 })
    expect(vector).toEqual(await direct(0, [2, 0, 3]))
    theStage.loop.dispose()
  })

  test('[VOL1] a level asked for after the worker went on is the level, not what followed', async () => {
    const theStage = stage({}, true)
    assign(theStage, 1, {
      partitions: [1, 0, 2, 3],
      levels: [{ upTo: 1 }, { upTo: 2 }, { upTo: 4 }],
      upload: 'on-request',
    })
    await turn()
    theStage.deliver()
    await until(() => theStage.announced.some(({ finished }) => finished === 1))
    await turn()
    theStage.deliver()
    await until(() => theStage.announced.some(({ finished }) => finished === 2))
    await turn()
    theStage.deliver()
    // The third partition is under way or done: the second level was kept.
    await turn()
    theStage.loop.tell({ type: 'result-requested', lease: leaseId(1), covers: 1 })
    const { header, vector } = await theStage.nextFrame()
    expect(header).toMatchObject({ covers: 2, samples: 8 })
    expect(vector).toEqual(await direct(0, [1, 0]))
    theStage.loop.dispose()
  })

  test('[VOL2] a release is heeded between partitions, says how far it came, and frees what was held', async () => {
    const theStage = stage({}, true)
    assign(theStage, 1, { partitions: [0, 1, 2], levels: [{ upTo: 3 }], upload: 'when-done' })
    await turn()
    theStage.deliver()
    await turn()
    theStage.loop.tell({ type: 'lease-released', lease: leaseId(1) })
    assign(theStage, 2, { partitions: [3], levels: [{ upTo: 1 }], upload: 'when-done' }, 1)
    expect(theStage.announced.at(-1)).toMatchObject({ lease: 1, ended: true })
    const pump = setInterval(() => theStage.deliver(), 1)
    const { header, vector } = await theStage.nextFrame()
    clearInterval(pump)
    expect(header).toMatchObject({ lease: 2, round: 1 })
    expect(vector).toEqual(await direct(1, [3]))
    theStage.loop.dispose()
  })

  test('[VOL5] a batch that takes long is computed in pieces, and a release is heeded after the piece under way', async () => {
    const pieces: number[] = []
    let release = () => {}
    const counting: GradientComputer = {
      ...computer,
      newSum() {
        const sum = computer.newSum()
        return {
          ...sum,
          async add(batch, weight) {
            pieces.push(batch.size)
            if (pieces.length === 2) release()
            await sum.add(batch, weight)
          },
        }
      },
    }
    // As if a batch of 4 took 600 ms: a sample at a time fills the 150 ms.
    const theStage = stage({ computer: counting, msPerBatch: 600 })
    release = () => theStage.loop.tell({ type: 'lease-released', lease: leaseId(1) })
    assign(theStage, 1, { partitions: [0, 1], levels: [{ upTo: 2 }], upload: 'when-done' })
    await until(() => !theStage.loop.isBusy())
    expect(pieces).toEqual([1, 1])
    expect(theStage.announced.at(-1)).toMatchObject({ lease: 1, finished: 0, ended: true })
    theStage.loop.dispose()
  })

  test('[VOL5] the sum over pieces is the sum over the batch', async () => {
    const theStage = stage({ msPerBatch: 600 })
    assign(theStage, 1, { partitions: [2, 0], levels: [{ upTo: 2 }], upload: 'when-done' })
    const { header, vector } = await theStage.nextFrame()
    expect(header).toMatchObject({ covers: 2, samples: 8 })
    expect(relativeError(vector, await direct(0, [2, 0]))).toBeLessThanOrEqual(1e-6)
    theStage.loop.dispose()
  })

  test('[VOL6] local steps: each at the model the one before it came to, on a batch of its own', async () => {
    const theStage = stage()
    const local = { steps: 2, momentum: 0 }
    assign(theStage, 1, { partitions: [1, 3, 1, 3], levels: [{ upTo: 4 }], upload: 'when-done', local }, 3)
    const { header, vector } = await theStage.nextFrame()
    expect(header).toMatchObject({ covers: 4, samples: 16 })
    // Draws 6 and 7 belong to round 3; the rate is 0.5, a step has 8 samples.
    const first = await direct(6, [1, 3])
    const moved = parameters.map((w, i) => w - (0.5 / 8) * first[i]!)
    const second = await direct(7, [1, 3], moved)
    const path = first.map((g, i) => g + second[i]!)
    expect(relativeError(vector, path)).toBeLessThanOrEqual(1e-6)
    theStage.loop.dispose()
  })

  describe('[VOL7] parameters of its own', () => {
    const optimiser = { kind: 'sgd', momentum: 0, averaging: 'convolutions', product: 'exact' } as const
    const twoSteps = (id: number, pull: number): Work => ({
      partitions: [1, 3],
      levels: [{ upTo: 2 }],
      upload: 'when-done',
      replica: { id, steps: 2, optimiser, pull },
    })
    /** Two plain steps by hand: the draws of a round are twice its number and one more, a step has 4 samples. */
    const walked = async (from: Float32Array, round: number) => {
      const first = await direct(2 * round, [1], from)
      const middle = from.map((x, i) => x - (0.5 / 4) * first[i]!)
      const second = await direct(2 * round + 1, [3], middle)
      return middle.map((x, i) => x - (0.5 / 4) * second[i]!)
    }
    const other = initialParameters(network, 2)

    test('it answers with them, and goes on from there, pulled toward the model of the new lease', async () => {
      let published = parameters
      const theStage = stage({ fetchParameters: async () => published })
      assign(theStage, 1, twoSteps(1, 0), 0)
      const own = (await theStage.nextFrame()).vector
      published = other
      assign(theStage, 2, twoSteps(1, 0.25), 1)
      const { header, vector } = await theStage.nextFrame()
      expect(header).toMatchObject({ lease: 2, covers: 2, samples: 8 })
      theStage.loop.dispose()
      expect(relativeError(own, await walked(parameters, 0))).toBeLessThanOrEqual(1e-6)
      const pulled = own.map((x, i) => x - 0.25 * (x - other[i]!))
      expect(relativeError(vector, await walked(pulled, 1))).toBeLessThanOrEqual(1e-6)
    })

    test('called by another name it begins with the model, whatever the pull; so does who gave up its own', async () => {
      let published = parameters
      const theStage = stage({ fetchParameters: async () => published })
      assign(theStage, 1, twoSteps(1, 0), 0)
      await theStage.nextFrame()
      published = other
      assign(theStage, 2, twoSteps(2, 0.25), 1)
      const renamed = (await theStage.nextFrame()).vector
      assign(theStage, 3, { partitions: [0], levels: [{ upTo: 1 }], upload: 'when-done' }, 2)
      await theStage.nextFrame()
      assign(theStage, 4, twoSteps(2, 0.25), 3)
      const after = (await theStage.nextFrame()).vector
      theStage.loop.dispose()
      expect(relativeError(renamed, await walked(other, 1))).toBeLessThanOrEqual(1e-6)
      expect(relativeError(after, await walked(other, 3))).toBeLessThanOrEqual(1e-6)
    })

    test('an answer that is lost is said to be, and what it held is kept', async () => {
      let isLost = true
      const theStage = stage({ losesAnswer: () => isLost })
      assign(theStage, 1, twoSteps(1, 0), 0)
      await until(() => theStage.announced.some(({ ended }) => ended))
      expect(theStage.announced.at(-1)).toEqual(expect.objectContaining({ lease: 1, finished: 2, ended: true }))
      isLost = false
      assign(theStage, 2, twoSteps(1, 0), 1)
      const { header, vector } = await theStage.nextFrame()
      expect(header.lease).toBe(2)
      theStage.loop.dispose()
      const once = await walked(parameters, 0)
      expect(relativeError(vector, await walked(once, 1))).toBeLessThanOrEqual(1e-6)
    })
  })

  test('[VOL3] a coordinator out of reach is tried again; a lease whose answer is lost is given up', async () => {
    let calls = 0
    const theStage = stage({
      async postResult() {
        calls++
        throw new Error('unreachable')
      },
    })
    assign(theStage, 1, { partitions: [0], levels: [{ upTo: 1 }], upload: 'when-done' })
    await until(() => theStage.announced.some(({ ended }) => ended))
    expect(calls).toBe(3)
    theStage.loop.dispose()
  })
})
