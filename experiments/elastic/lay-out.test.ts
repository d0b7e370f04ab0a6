import { simulate, unitMs } from '@muster/simulator'
import { describe, expect, test } from 'vitest'
import { exchangeWorld } from './exchange-world.ts'
import { isPooled, layOut } from './lay-out.ts'
import { fleets, overlaps, partitions } from './setting.ts'

const labels = Uint16Array.from({ length: 1000 }, (_, i) => (i * 7) % 10)
const places = Array.from({ length: partitions }, (_, j) => j)
const labelsIn = (indices: Uint32Array) => new Set(Array.from(indices, i => labels[i]!))

/** What the strategy gives one worker while all others stand still. */
function held(workers: number, overlap: number, awake: number): Set<number> {
  const seen = new Set<number>()
  simulate({
    seed: 1,
    strategy: { name: 'elastic-averaging', overlap, localSteps: 1 },
    world: exchangeWorld(workers, 1),
    partitions,
    rounds: 2 * partitions,
    leaseMs: 1e12,
    problem: {
      dimension: 1,
      samplesPerPartition: 1,
      start: () => Float32Array.of(0),
      gradient(_, _draw, partition) {
        seen.add(partition)
        return { gradient: Float32Array.of(0), lossSum: 0 }
      },
    },
    faults: Array.from({ length: workers }, (_, seat) => seat)
      .filter(seat => seat !== awake)
      .map(seat => ({ at: 0, fault: { kind: 'freeze', worker: `w${seat}`, forMs: 1e9 * unitMs } })),
  })
  return seen
}

test('the pool is that of the strategy, and so are the stretches of the workers', () => {
  for (const workers of fleets)
    for (const overlap of overlaps) {
      const pool = places.filter(j => isPooled(overlap, j))
      const rest = places.filter(j => !isPooled(overlap, j))
      expect(pool).toHaveLength(overlap * partitions)
      const share = rest.length / workers
      const last = held(workers, overlap, workers - 1)
      expect([...last].sort((one, other) => one - other)).toEqual(
        [...pool, ...rest.slice(-share)].sort((one, other) => one - other),
      )
    }
})

describe.each(overlaps)('with an overlap of %s', overlap => {
  const laid = { overlap, workers: 8, labels }

  test.each(['iid', 'sorted'] as const)('%s: every sample lies in one partition, and they are alike in size', split => {
    const found = layOut({ ...laid, split })
    expect(found.flatMap(indices => [...indices]).sort((one, other) => one - other)).toEqual(Array.from(labels.keys()))
    for (const { length } of found) expect(Math.abs(length - labels.length / partitions)).toBeLessThanOrEqual(1)
  })

  test('by label: the pool has all labels, what is a worker’s own one or two', () => {
    const found = layOut({ ...laid, split: 'sorted' })
    for (const j of places.filter(place => isPooled(overlap, place)))
      expect(labelsIn(found[j]!).size).toBeGreaterThanOrEqual(8)
    const rest = places.filter(place => !isPooled(overlap, place))
    const share = rest.length / 8
    for (let worker = 0; worker < 8; worker++) {
      const own = rest.slice(worker * share, (worker + 1) * share).flatMap(j => [...found[j]!])
      expect(labelsIn(Uint32Array.from(own)).size).toBeLessThanOrEqual(3)
    }
  })
})

test('i.i.d. every worker has all labels', () => {
  const found = layOut({ split: 'iid', overlap: 0, workers: 8, labels })
  for (let worker = 0; worker < 8; worker++) {
    const own = found.slice(8 * worker, 8 * worker + 8).flatMap(indices => [...indices])
    expect(labelsIn(Uint32Array.from(own)).size).toBe(10)
  }
})
