// Four tabs in a ring without a centre, joined by data channels. One of them closes in the middle; three go on.

import { needsLinks } from './can-link.ts'
import { expectBalance, expectNoRefusal, iterations, learns, linked } from './peers.ts'
import { expect, runFile, test } from './stage.ts'

test('Four tabs learn over direct links; one closes in the middle, and the three that stay are a ring', async ({
  stage,
  context,
}) => {
  await needsLinks(context)
  const coordinator = await stage.startCoordinator(runFile('peers-direct'))
  const dashboard = await stage.openDashboard(coordinator)
  const tabs = []
  for (let i = 0; i < 4; i++) tabs.push(await stage.openTab(coordinator))
  const names = []
  for (const tab of tabs) names.push(await coordinator.call(tab))

  await linked(coordinator, { direct: 4, relayed: 0 })
  await learns(coordinator, 0.8)
  const circle = dashboard.getByTestId('peer-graph').getByRole('listbox')
  await expect(circle).toHaveAccessibleName(/^Peers\. 4 peers, 4 links: 4 direct\./)
  await expect(circle.getByRole('option')).toHaveCount(4)
  await expect(dashboard.getByTestId('peer-graph-direct')).toHaveText('4')
  await expect(dashboard.getByTestId('peer-graph-relayed')).toHaveText('0')
  for (const tab of tabs) {
    await expect(tab.page.getByTestId('neighbours')).toHaveText('This tab learns together with 2 others, directly.')
    await expect.poll(tab.contributed, { message: 'its estimate is in the mean' }).toBeGreaterThan(0)
  }

  const before = { round: await coordinator.round(), iterations: await iterations(coordinator) }
  await tabs.pop()!.page.close()
  await coordinator.gather(3)
  await coordinator.reach(before.round + 5)
  expect(await iterations(coordinator), 'iterations go on').toBeGreaterThan(before.iterations)
  await linked(coordinator, { direct: 3, relayed: 0 })
  await expect(circle).toHaveAccessibleName(/^Peers\. 3 peers, 3 links: 3 direct\./)
  await expect(circle.locator(`[title="${names.pop()}"]`)).toHaveCount(0)

  await learns(coordinator, 0.9)
  expectBalance(await coordinator.rounds())
  await expectNoRefusal(coordinator)
})
