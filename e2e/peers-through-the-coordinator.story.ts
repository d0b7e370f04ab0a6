// Tabs that have no direct links, because none are wished for: what they say and what they have learnt goes through the
// coordinator. One of them pauses, keeps its estimate, and comes back with it.

import { needsLinks } from './can-link.ts'
import { expectBalance, expectNoRefusal, graphOf, iterations, learns, linked } from './peers.ts'
import { expect, runFile, test } from './stage.ts'

const isMixing = (path: string): boolean => /^\/api\/estimates\/.*\/mix$/.test(path)
/** The model's parameters, or a neighbour's estimate to begin with. */
const isBeginning = (path: string): boolean => /^\/api\/(parameters\/|estimates\/.*\/start$)/.test(path)

test('Peers learn through the coordinator; one pauses, and comes back with what it had learnt', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(runFile('peers-relayed'))
  const dashboard = await stage.openDashboard(coordinator)
  const tabs = []
  for (let i = 0; i < 3; i++) tabs.push(await stage.openTab(coordinator))
  for (const tab of tabs) await coordinator.call(tab)

  await linked(coordinator, { direct: 0, relayed: 3 })
  await learns(coordinator, 0.7)
  const circle = dashboard.getByTestId('peer-graph').getByRole('listbox')
  await expect(circle).toHaveAccessibleName(/^Peers\. 3 peers, 3 links: 3 relayed by the coordinator\./)
  await expect(dashboard.getByTestId('peer-graph-relayed')).toHaveText('3')

  const pauses = tabs[0]!
  await expect(pauses.page.getByTestId('neighbours')).toHaveAttribute('data-relayed', '2')
  await pauses.page.getByRole('button', { name: 'Pause' }).click()
  await pauses.becomes('paused', 2_000)
  await coordinator.gather(2, 5_000)
  const before = await iterations(coordinator)
  await coordinator.reach((await coordinator.round()) + 5)
  expect(await iterations(coordinator), 'the others go on').toBeGreaterThan(before)
  await expect(circle).toHaveAccessibleName(/^Peers\. 2 peers, 1 link: 1 relayed/)
  const computed = await pauses.computed()
  const given = await pauses.contributed()

  const asked: string[] = []
  pauses.page.on('request', request => void asked.push(new URL(request.url()).pathname))
  await pauses.page.getByRole('button', { name: 'Go on' }).click()
  await coordinator.gather(3)
  await linked(coordinator, { direct: 0, relayed: 3 })
  await expect.poll(pauses.contributed, { message: 'its estimate is in the mean again' }).toBeGreaterThan(given)
  expect(await pauses.computed()).toBeGreaterThan(computed)
  expect(asked.filter(isMixing).length, 'it mixes with its neighbours').toBeGreaterThan(0)
  expect(asked.filter(isBeginning), 'it goes on with its own estimate: it asks for no other to begin with').toEqual([])

  await learns(coordinator, 0.85)
  expectBalance(await coordinator.rounds())
  await expectNoRefusal(coordinator)
})

test('A tab that keeps its address to itself is reached through the coordinator, the others directly', async ({
  stage,
  context,
  browser,
}) => {
  await needsLinks(context)
  const coordinator = await stage.startCoordinator(runFile('peers-direct'))
  // The choice is kept in the browser, so that it holds for all its tabs.
  const profile = await browser.newContext()
  const hides = await stage.openTab(coordinator, {}, profile)
  await hides.page.getByTestId('direct-links').uncheck()
  const hidden = await coordinator.call(hides)
  for (let i = 0; i < 2; i++) await coordinator.call(await stage.openTab(coordinator))

  await linked(coordinator, { direct: 1, relayed: 2 })
  const edges = (await graphOf(coordinator)).edges.filter(({ one, other }) => one === hidden || other === hidden)
  expect(edges.map(({ link }) => link)).toEqual(['relayed', 'relayed'])
  await expect(hides.page.getByTestId('neighbours')).toHaveAttribute('data-direct', '0')
  await learns(coordinator, 0.8)

  // Its mind changed, it is reached directly without a new beginning.
  await hides.page.getByTestId('direct-links').check()
  await linked(coordinator, { direct: 3, relayed: 0 })
  expectBalance(await coordinator.rounds())
  await expectNoRefusal(coordinator)
  await profile.close()
})
