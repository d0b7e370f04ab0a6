import { decodeResultFrame, type ResultFrame } from '@muster/protocol'
import { leaseId, segmentRange, type TileOrder, type Work } from '@muster/vocabulary'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ComputeLoopPorts, LoopChange } from './compute-loop.ts'
import { assign, direct, run, stage, turn, until } from './node-loop-stage.ts'

const inTiles = (...partitions: number[]): Work => ({ partitions, levels: [], upload: 'in-tiles' })
const send = (
  upTo: readonly number[],
  { partitions = [], direction = 'upward' }: Partial<Extract<TileOrder, { type: 'send' }>> = {},
): TileOrder => ({ type: 'send', partitions, upTo, direction })

function openStage(changes: Partial<ComputeLoopPorts> = {}, isGated = false) {
  const changed: LoopChange[] = []
  const theStage = stage({ onChange: change => void changed.push(change), ...changes }, isGated)
  return {
    ...theStage,
    changed,
    answered: () => changed.filter(({ type }) => type === 'answered'),
    order: (lease: number, order: TileOrder) =>
      theStage.loop.tell({ type: 'order-given', lease: leaseId(lease), order }),
    release: (lease: number) => theStage.loop.tell({ type: 'lease-released', lease: leaseId(lease) }),
    last: () => theStage.announced.at(-1)!,
  }
}

/** Posts that end when the test says so, the first one first. */
function gatedPosts() {
  const open: ((accepted: boolean) => void)[] = []
  let begun = 0
  return {
    postResult: () => {
      begun++
      return new Promise<boolean>(resolve => open.push(resolve))
    },
    let: (accepted = true) => open.shift()?.(accepted),
    get begun() {
      return begun
    },
  }
}

/** Enough turns for whatever could begin to have begun. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn()
}

afterEach(() => void vi.useRealTimers())

describe('the computing loop, work in tiles', () => {
  test('[TILE11] tiles are segments of the sum as it was, in the order asked for, though the worker goes on', async () => {
    const theStage = openStage({}, true)
    assign(theStage, 1, inTiles(2, 0))
    theStage.order(1, send([2, 1, 2, 1], { direction: 'downward' }))
    const pump = setInterval(theStage.deliver, 0)
    const frames = [
      await theStage.nextFrame(),
      await theStage.nextFrame(),
      await theStage.nextFrame(),
      await theStage.nextFrame(),
    ]
    clearInterval(pump)
    await until(() => theStage.last().tiles?.sent === 4)
    theStage.loop.dispose()
    const sums = [await direct(0, [2]), await direct(0, [2, 0])]
    for (const [i, segment] of [3, 1, 2, 0].entries()) {
      const { header, vector } = frames[i]!
      const { from, to } = segmentRange(run.parameterCount, 4, segment)
      const covers = segment % 2 === 1 ? 1 : 2
      expect(header).toMatchObject({ lease: 1, round: 0, covers, samples: 4 * covers })
      expect(header).toMatchObject({ firstCoordinate: from, coordinates: to - from })
      expect(vector).toEqual(sums[covers - 1]!.slice(from, to))
    }
  })

  test('[TILE10] a list that was extended and shortened on the way is answered by what it has become', async () => {
    const theStage = openStage({}, true)
    assign(theStage, 1, inTiles(2))
    theStage.order(1, { type: 'extend', partitions: [0, 3, 1] })
    theStage.order(1, { type: 'shorten', to: 2 })
    expect(theStage.last()).toMatchObject({ finished: 0, tiles: { orders: 2, length: 2 } })
    theStage.order(1, send([3], { partitions: [1] }))
    const pump = setInterval(theStage.deliver, 0)
    const { header, vector } = await theStage.nextFrame()
    clearInterval(pump)
    await until(() => theStage.last().tiles?.sent === 1)
    theStage.loop.dispose()
    expect(header).toMatchObject({ covers: 3, samples: 12, coordinates: run.parameterCount })
    expect(vector).toEqual(await direct(0, [2, 0, 1]))
  })

  test('[TILE12] two frames are under way at most; those not begun when their lease is released never are', async () => {
    const posts = gatedPosts()
    const theStage = openStage(posts)
    assign(theStage, 1, inTiles(1))
    theStage.order(1, send([1, 0, 1, 0, 1, 0, 1, 0, 1]))
    await until(() => posts.begun === 2)
    await settle()
    expect(posts.begun).toBe(2)
    posts.let()
    await until(() => posts.begun === 3)
    theStage.release(1)
    posts.let()
    posts.let()
    await settle()
    expect(posts.begun).toBe(3)
    expect(theStage.last()).toMatchObject({ lease: 1, finished: 1, ended: true, tiles: { sent: 1 } })
    // Another lease is sent as ever.
    assign(theStage, 2, inTiles(3), 1)
    theStage.order(2, send([1]))
    await until(() => posts.begun === 4)
    posts.let()
    await until(() => theStage.last().lease === 2 && theStage.last().tiles?.sent === 1)
    theStage.loop.dispose()
  })

  test('[TILE12] the time of the uplink is counted once, however many frames share it', async () => {
    const posts = gatedPosts()
    const theStage = openStage(posts)
    const startedAt = performance.now()
    assign(theStage, 1, inTiles(1))
    theStage.order(1, send([1, 0, 1]))
    await until(() => posts.begun === 2)
    const heldAt = performance.now()
    await until(() => performance.now() - heldAt >= 5)
    posts.let()
    posts.let()
    await until(() => theStage.last().tiles?.sent === 2)
    const { uploadMs } = theStage.last().tiles!
    expect(uploadMs).toBeGreaterThanOrEqual(5)
    expect(uploadMs).toBeLessThanOrEqual(performance.now() - startedAt)
    theStage.loop.dispose()
  })

  test('[TILE11] adjacent tiles that are due at once are one frame, and each of them is counted as sent', async () => {
    for (const direction of ['upward', 'downward'] as const) {
      const posts = gatedPosts()
      const frames: ResultFrame[] = []
      const theStage = openStage({
        postResult(bytes) {
          frames.push(decodeResultFrame(bytes) as ResultFrame)
          return posts.postResult()
        },
      })
      assign(theStage, 1, inTiles(1, 3))
      theStage.order(1, send([2, 2, 0, 2, 2, 2, 0, 2], { direction }))
      await until(() => posts.begun === 2)
      const heldAt = performance.now()
      await until(() => performance.now() - heldAt >= 5)
      posts.let()
      await until(() => posts.begun === 3)
      posts.let()
      posts.let()
      await until(() => theStage.last().tiles?.sent === 6)
      await settle()
      expect(posts.begun).toBe(3)
      expect(theStage.last().tiles!.uploadMs).toBeGreaterThanOrEqual(5)
      expect(theStage.answered()).toEqual([{ type: 'answered', accepted: true, samples: 8 }])
      const runs = [
        [0, 1],
        [3, 5],
        [7, 7],
      ] as const
      const sum = await direct(0, [1, 3])
      for (const [i, [first, last]] of (direction === 'upward' ? runs : runs.toReversed()).entries()) {
        const { from } = segmentRange(run.parameterCount, 8, first)
        const { to } = segmentRange(run.parameterCount, 8, last)
        const { header, vector } = frames[i]!
        expect(header).toMatchObject({ covers: 2, samples: 8, firstCoordinate: from, coordinates: to - from })
        expect(vector).toEqual(sum.slice(from, to))
      }
      theStage.loop.dispose()
    }
  })

  test('a lease is counted once, with the samples of its largest tile', async () => {
    const theStage = openStage()
    assign(theStage, 1, inTiles(1, 3, 0))
    theStage.order(1, send([3, 1, 2]))
    await until(() => theStage.last().tiles?.sent === 3)
    await settle()
    expect(theStage.answered()).toEqual([{ type: 'answered', accepted: true, samples: 12 }])
    theStage.loop.dispose()
    expect(theStage.answered()).toHaveLength(1)
  })

  test('a lease that is released while its tiles are on their way is counted when they have arrived', async () => {
    const posts = gatedPosts()
    const theStage = openStage(posts)
    assign(theStage, 1, inTiles(1))
    theStage.order(1, send([1, 0, 1]))
    await until(() => posts.begun === 2)
    theStage.release(1)
    posts.let(false)
    await settle()
    expect(theStage.answered()).toEqual([])
    posts.let(true)
    await settle()
    expect(theStage.answered()).toEqual([{ type: 'answered', accepted: true, samples: 4 }])
    theStage.loop.dispose()
  })

  test('a tile that was refused is through: the coordinator knows, and nothing is counted', async () => {
    const theStage = openStage({ postResult: async () => false })
    assign(theStage, 1, inTiles(1))
    theStage.order(1, send([1, 1]))
    await until(() => theStage.last().tiles?.sent === 2)
    expect(theStage.last().ended).toBe(false)
    await settle()
    expect(theStage.changed.map(({ type }) => type)).toEqual(['partition-computed'])
    theStage.loop.dispose()
  })

  test('[VOL3] a tile that is lost, or cannot be brought to the coordinator, gives its lease up', async () => {
    const posts = gatedPosts()
    let asked = 0
    const lost = openStage({ ...posts, losesAnswer: () => ++asked === 1 })
    assign(lost, 1, inTiles(1))
    lost.order(1, send([1, 1, 0, 1, 0, 1]))
    await until(() => lost.last()?.ended)
    expect(lost.last()).toMatchObject({ lease: 1, finished: 1, ended: true, tiles: { sent: 0 } })
    await settle()
    // A lease is lost as a whole, and as often as a whole answer: nothing of it is sent, and it is asked once.
    expect([posts.begun, asked]).toEqual([0, 1])
    assign(lost, 2, inTiles(1), 1)
    lost.order(2, send([1, 1, 0, 1, 0, 1]))
    for (let begun = 1; begun <= 3; begun++) {
      await until(() => posts.begun >= begun)
      posts.let()
    }
    await until(() => lost.last().tiles?.sent === 4)
    expect(asked).toBe(2)
    lost.loop.dispose()

    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let calls = 0
    const unreachable = openStage({
      async postResult() {
        calls++
        throw new Error('unreachable')
      },
    })
    assign(unreachable, 1, inTiles(1))
    unreachable.order(1, send([1, 1]))
    await until(() => {
      vi.advanceTimersByTime(100)
      return unreachable.last()?.ended
    })
    expect(calls).toBe(3)
    expect(unreachable.changed.at(-1)).toEqual({ type: 'failed', message: 'Error: unreachable' })
    unreachable.loop.dispose()
  })

  test('a sum of a worker’s own steps has no tiles: its lease is given up', async () => {
    const theStage = openStage()
    assign(theStage, 1, { ...inTiles(1), local: { steps: 1, momentum: 0 } })
    theStage.order(1, send([1]))
    await until(() => theStage.last()?.ended)
    theStage.loop.dispose()
  })

  test('[TILE13] how far it is is told at the smallest beat of its work in tiles, and no timer runs where there is none', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const theStage = openStage({}, true)
    assign(theStage, 1, { partitions: [0], levels: [{ upTo: 1 }], upload: 'when-done' })
    expect(vi.getTimerCount()).toBe(0)
    assign(theStage, 2, { ...inTiles(1, 2), beatMs: 100 })
    assign(theStage, 3, { ...inTiles(3), beatMs: 40 })
    expect(vi.getTimerCount()).toBe(1)
    const told = () => theStage.announced.splice(0).map(({ lease, ended }) => [lease, ended])
    vi.advanceTimersByTime(80)
    expect(told()).toEqual([
      [2, false],
      [3, false],
      [2, false],
      [3, false],
    ])
    theStage.release(3)
    expect(told()).toEqual([[3, true]])
    vi.advanceTimersByTime(99)
    expect(told()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(told()).toEqual([[2, false]])
    theStage.loop.dispose()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('[TILE13] what is done needs no beat', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const theStage = openStage()
    assign(theStage, 1, { ...inTiles(1), beatMs: 40 })
    theStage.order(1, send([1]))
    await until(() => theStage.last().tiles?.sent === 1)
    expect(vi.getTimerCount()).toBe(0)
    theStage.loop.dispose()
  })
})
