// Two tabs and a headless process in one graph: a browser's data channels and those of Node's library find each other.

import { browserFlags, findBrowser } from '../scripts/find-browser.mjs'
import { needsLinks } from './can-link.ts'
import { expectBalance, expectNoRefusal, graphOf, learns, linked } from './peers.ts'
import { expect, runFile, test } from './stage.ts'

const executablePath = findBrowser()

// A tab hides its address behind a name that is made known by multicast, which Node's library does not look up everywhere.
test.use({
  launchOptions: {
    args: [...browserFlags, '--disable-features=WebRtcHideLocalIpsWithMdns'],
    ...(executablePath === null ? {} : { executablePath }),
  },
})

test('Two tabs and a process are a ring of peers, joined by direct links, and learn', async ({ stage, context }) => {
  await needsLinks(context)
  const coordinator = await stage.startCoordinator(runFile('peers-direct'))
  const tabs = [await stage.openTab(coordinator), await stage.openTab(coordinator)]
  const names = []
  for (const tab of tabs) names.push(await coordinator.call(tab))
  const { name } = stage.startWorker(coordinator)
  await coordinator.gather(3)

  await linked(coordinator, { direct: 3, relayed: 0 })
  const graph = await graphOf(coordinator)
  const edges = graph.edges.map(({ one, other, link }) => ({ ends: [one, other].sort(), link }))
  for (const tab of names) expect(edges).toContainEqual({ ends: [tab, name].sort(), link: 'direct' })

  await learns(coordinator, 0.9)
  const given = async () => (await coordinator.snapshot()).workers.map(({ worker, results }) => [worker, results > 0])
  await expect
    .poll(async () => Object.fromEntries(await given()), { message: 'each has a part in the mean' })
    .toEqual(Object.fromEntries([...names, name].map(worker => [worker, true])))
  expectBalance(await coordinator.rounds())
  await expectNoRefusal(coordinator)
})
