// What no simulator over this queue can pass: every worker-round is at least a message with work, parameters that have
// come, each partition computed and an answer, and each of these goes once through the queue.

import { randomStream } from '@muster/numerics'
// Not for the world outside the simulator, but it is what is measured here.
import { createEventQueue } from '../../packages/simulator/src/event-queue.ts'
import { median } from '../statistics.ts'

const eventsMeasured = 300_000

/** Worker-rounds a minute. */
export function queueLimit(workers: number, partitions: number): number {
  const events = 3 + partitions / workers
  return 60_000 / (events * median(Array.from({ length: 7 }, () => msPerEvent(workers))))
}

/** One event out and the next one in, with one waiting for each worker. */
function msPerEvent(waiting: number): number {
  const queue = createEventQueue<number>()
  const draw = randomStream('queue-limit', waiting)
  const delays = Float64Array.from({ length: 1024 }, draw.exponential)
  for (let i = 0; i < waiting; i++) queue.push(delays[i % delays.length]!, i)
  const startedAt = performance.now()
  for (let i = 0; i < eventsMeasured; i++) {
    const { at, item } = queue.pop()!
    queue.push(at + delays[i % delays.length]!, item)
  }
  return (performance.now() - startedAt) / eventsMeasured
}
