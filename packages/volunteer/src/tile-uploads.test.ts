import { decodeResultFrame, type ResultFrame } from '@muster/protocol'
import { leaseId } from '@muster/vocabulary'
import type { GradientReading } from '@muster/workloads'
import { expect, test } from 'vitest'
import { createTileUploads, type TileUploadPorts } from './tile-uploads.ts'

const item = {
  lease: leaseId(1),
  round: 0,
  modelVersion: 0,
  parameters: 'p',
  rate: 0.1,
  work: { partitions: [0], levels: [], upload: 'in-tiles' as const },
}

/** Uploads whose readings end when the test says so. */
function stage(changes: Partial<TileUploadPorts> = {}) {
  const posted: number[] = []
  const sent: number[] = []
  const reads = new Map<number, () => void>()
  const uploads = createTileUploads({
    async post(bytes) {
      posted.push((decodeResultFrame(bytes) as ResultFrame).header.firstCoordinate)
      return true
    },
    isLost: () => false,
    onSent: (_, ms) => void sent.push(ms),
    onFailed: () => {},
    onAnswered: () => {},
    ...changes,
  })
  return {
    posted,
    sent,
    add(firstCoordinate: number, count = 1) {
      const reading: GradientReading = { gradient: new Float32Array(2 * count), lossSum: 1, samples: 4 }
      const read = () => new Promise<GradientReading>(resolve => reads.set(firstCoordinate, () => resolve(reading)))
      uploads.add({ item, covers: 1, computeMs: 1, firstCoordinate, count, range: { read, dispose() {} } })
    },
    finishReading: (firstCoordinate: number) => reads.get(firstCoordinate)!(),
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}

test('[TILE12] frames are sent in the order in which they were due, though the later one was read before', async () => {
  const { add, finishReading, posted } = stage()
  add(0, 2)
  add(8)
  finishReading(8)
  await settle()
  expect(posted).toEqual([])
  finishReading(0)
  await settle()
  expect(posted).toEqual([0, 8])
})

test('[TILE12] the time of a frame is shared out among its tiles', async () => {
  const beganAt = performance.now()
  let finishPost = (_: boolean) => {}
  const post = () => new Promise<boolean>(resolve => (finishPost = resolve))
  const { add, finishReading, sent } = stage({ post })
  add(0, 4)
  finishReading(0)
  await settle()
  finishPost(true)
  await settle()
  expect(sent).toHaveLength(4)
  expect(new Set(sent).size).toBe(1)
  const total = sent.reduce((sum, ms) => sum + ms, 0)
  expect(total).toBeGreaterThan(0)
  expect(total).toBeLessThanOrEqual(performance.now() - beganAt)
})
