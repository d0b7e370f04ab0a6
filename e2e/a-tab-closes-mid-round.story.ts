// Tabs close without asking. The round they leave behind is ended by the others, long before the lease runs out.

import { type Coordinator, expect, runFile, test } from './stage.ts'

const leaseMs = 60_000
/** Far from a lease, and far from what a busy machine takes for a round. */
const roundMsMax = leaseMs / 6

test('A tab is closed, another crashes, each in mid-round: the rounds end without waiting for their leases', async ({
  stage,
  browser,
}) => {
  const coordinator = await stage.startCoordinator(runFile('long-rounds'))
  const stays = await stage.openTab(coordinator)
  const closes = await stage.openTab(coordinator)
  // In a profile, hence a process, of its own: its crash is nobody else's.
  const profile = await browser.newContext()
  const crashes = await stage.openTab(coordinator, {}, profile)
  const dashboard = await stage.openDashboard(coordinator)
  await coordinator.call(stays)
  const closed = await coordinator.call(closes)
  const crashed = await coordinator.call(crashes)
  await coordinator.reach((await coordinator.round()) + 6)

  const rows = dashboard.getByTestId('workers').locator('tbody tr')
  await expect(rows).toHaveCount(3)

  await isComputing(coordinator, closed)
  await closes.page.close()
  await leftInMidRound(coordinator, closed)
  await expect(rows).toHaveCount(2)
  await expect(dashboard.locator(`tr[data-worker="${closed}"]`)).toHaveCount(0)

  await coordinator.reach((await coordinator.round()) + 3)
  await isComputing(coordinator, crashed)
  await crashes.page.goto('chrome://crash').catch(() => {})
  await leftInMidRound(coordinator, crashed)
  await expect(rows).toHaveCount(1)

  await coordinator.reach((await coordinator.round()) + 3)
  const rounds = await coordinator.rounds()
  expect(
    rounds.every(({ residual }) => residual === 0),
    'every round was exact',
  ).toBe(true)
  await profile.close()
})

/** In the middle of a round: it holds work, and the round is young enough to be still open a moment later. */
async function isComputing(coordinator: Coordinator, worker: string): Promise<void> {
  const state = async () => (await coordinator.snapshot()).workers.find(row => row.worker === worker)?.state
  await expect.poll(state, { intervals: [20] }).not.toBe('computing')
  await expect.poll(state, { intervals: [20] }).toBe('computing')
}

/** The round in which it left has ended, with its lane marked as gone, in no more than a round's time. */
async function leftInMidRound(coordinator: Coordinator, worker: string): Promise<void> {
  let round = -1
  const findRound = async () => {
    const { lanes } = await coordinator.snapshot()
    round =
      lanes.find(({ workers }) => workers.some(lane => lane.worker === worker && lane.fate === 'gone'))?.round ?? -1
    return round
  }
  await expect.poll(findRound, { timeout: roundMsMax, message: 'the round it left is over' }).toBeGreaterThan(-1)
  const [record] = await coordinator.rounds(round)
  expect(record?.ms, 'the round did not wait for the lease').toBeLessThan(roundMsMax)
  expect(record?.stragglers, 'who is gone is a straggler').toBeGreaterThanOrEqual(1)
}
