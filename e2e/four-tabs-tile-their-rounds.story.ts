// Four tabs whose rounds are tiled: partitions change hands, tiles come from all of them, one closes in the middle, and the
// dashboard shows it.

import { demonstration, expect, test } from './stage.ts'

test('Four tabs tile their rounds; one closes in the middle, and every round stays whole', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(demonstration)
  const dashboard = await stage.openDashboard(coordinator)
  const tabs = []
  for (let i = 0; i < 4; i++) tabs.push(await stage.openTab(coordinator, { backend: 'wasm' }))
  for (const tab of tabs) await coordinator.call(tab)
  expect((await coordinator.snapshot()).strategy.name).toBe('tiled')
  await coordinator.reach((await coordinator.round()) + 15)

  await tabs.pop()!.page.close()
  await coordinator.gather(3)
  await coordinator.reach((await coordinator.round()) + 15)

  const rounds = await coordinator.rounds()
  for (const { round, residual, figures } of rounds) {
    expect(residual, `round ${round} is exact`).toBe(0)
    expect(figures.tiles, `round ${round} is made of tiles`).toBeGreaterThan(0)
  }
  expect(
    rounds.reduce((sum, { figures }) => sum + figures.moved!, 0),
    'partitions changed hands',
  ).toBeGreaterThan(0)
  const { refused } = await coordinator.snapshot()
  const faults = Object.keys(refused).filter(code => code !== 'round-closed')
  expect(faults, 'what is late is refused, and nothing else').toEqual([])
  await expect(dashboard.getByTestId('redundancy-cost')).toBeVisible()
  await expect(dashboard.getByTestId('lanes').first()).toBeVisible()
  await expect
    .poll(async () => (await coordinator.snapshot()).testAccuracy ?? 0, { timeout: 90_000 })
    .toBeGreaterThan(0.8)
})
