// Whoever comes late is given work in the next round, and is needed.

import { expect, runFile, test } from './stage.ts'

test('A tab that joins in mid-run contributes within two rounds', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(runFile('every-answer-counts'))
  for (let i = 0; i < 2; i++) await stage.openTab(coordinator, { begin: true })
  await coordinator.gather(2)
  await coordinator.reach(5)

  const tab = await stage.openTab(coordinator)
  const name = await coordinator.call(tab)
  const row = async () => (await coordinator.snapshot()).workers.find(({ worker }) => worker === name)
  const joinedAtRound = (await row())!.joinedAtRound
  expect(joinedAtRound).toBeGreaterThanOrEqual(5)

  let first = Number.POSITIVE_INFINITY
  const answers = async () => {
    const { lanes } = await coordinator.snapshot()
    const answered = lanes.filter(({ workers }) =>
      workers.some(lane => lane.worker === name && lane.fate === 'answered'),
    )
    first = Math.min(first, ...answered.map(({ round }) => round))
    return first
  }
  // It may join in the middle of a round, which goes on without it: that one is not counted.
  await expect.poll(answers, { intervals: [50] }).toBeLessThanOrEqual(joinedAtRound + 2)
  await expect.poll(tab.contributed, { message: 'the page says so, too' }).toBeGreaterThan(0)
})
