// The coordinator dies and is away for a while. Peers that have direct links and decide among themselves go on learning;
// when it is back it counts on from where they are.

import { setTimeout as pass } from 'node:timers/promises'
import { needsLinks } from './can-link.ts'
import { expectBalance, graphOf, learns, linked, newestRound } from './peers.ts'
import { type Coordinator, expect, runFile, test } from './stage.ts'

/** As the run file says: so many iterations at most are not on record yet. */
const every = 10
const awayMs = 5_000

/** Numbers in the run of those iterations that the coordinator has lately heard of. */
const heardOf = async (coordinator: Coordinator): Promise<number[]> =>
  (await graphOf(coordinator)).iterations.map(({ iteration }) => iteration)

test('The coordinator is killed and comes back: peers have gone on without it, and it counts on from where they are', async ({
  stage,
  context,
}) => {
  await needsLinks(context)
  const first = await stage.startCoordinator(runFile('peers-direct'))
  for (let i = 0; i < 3; i++) stage.startWorker(first)
  await first.gather(3)
  await linked(first, { direct: 3, relayed: 0 })
  await learns(first, 0.7)

  const before = await first.rounds()
  const heardLast = (await heardOf(first)).at(-1)!
  await first.kill()
  // Nobody is there who could be asked whether they go on.
  await pass(awayMs)
  const second = await stage.startCoordinator(runFile('peers-direct'), first)
  await expect
    .poll(async () => (await heardOf(second)).length, { timeout: 45_000, intervals: [50], message: 'peers are back' })
    .toBeGreaterThan(0)
  const [heardFirst] = await heardOf(second)
  expect(heardFirst! - heardLast, 'iterations that the coordinator had no part in').toBeGreaterThan(2 * every)

  await second.gather(3)
  await linked(second, { direct: 3, relayed: 0 })
  await second.reach((await second.round()) + 5)
  const after = await second.rounds()
  expect(after.map(({ round }) => round)).toEqual(after.map((_, i) => i))
  const recorded = after.map(({ figures }) => figures.iterations!)
  expect(recorded, 'iterations only grow').toEqual([...recorded].sort((one, other) => one - other))
  expect((await newestRound(second))!.figures.iterations).toBeGreaterThan(heardFirst!)

  // What they had learnt they still know, and they learn on.
  const learnt = before.slice(-3).reduce((sum, { loss }) => sum + loss, 0) / 3
  for (const { loss } of after.slice(before.length)) expect(loss).toBeLessThan((before[0]!.loss + learnt) / 2)
  await learns(second, 0.9)
  expectBalance(await second.rounds())
})
