// The volunteer's hand: pausing gives work back at once, going on takes it up again; a page that stands still changes
// nothing.

import type { Dialog } from 'playwright/test'
import { expect, runFile, test } from './stage.ts'

const roundMsMax = 10_000

test('A volunteer pauses and goes on: the run does not wait, and the work is taken up again', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(runFile('long-rounds'))
  const pauses = await stage.openTab(coordinator)
  const goesOn = await stage.openTab(coordinator)
  const name = await coordinator.call(pauses)
  await coordinator.call(goesOn)
  await coordinator.reach((await coordinator.round()) + 4)
  await pauses.becomes('computing')

  await pauses.page.getByRole('button', { name: 'Pause' }).click()
  await pauses.becomes('paused', 2_000)
  await coordinator.gather(1, 2_000)
  const round = await coordinator.round()
  expect((await coordinator.snapshot()).workers[0]?.worker).not.toBe(name)

  await coordinator.reach(round + 3)
  for (const { ms } of await coordinator.rounds(round - 1)) expect(ms).toBeLessThan(roundMsMax)
  const given = await pauses.contributed()
  const computed = await pauses.computed()
  await coordinator.reach((await coordinator.round()) + 2)
  expect(await pauses.computed(), 'a paused tab computes nothing').toBe(computed)

  await pauses.page.getByRole('button', { name: 'Go on' }).click()
  await coordinator.gather(2)
  await expect.poll(pauses.contributed, { message: 'it contributes again' }).toBeGreaterThan(given)
})

test('A tab goes on while its page stands still: what computes and talks lives in a Web Worker', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(runFile('quick-rounds'))
  const tab = await stage.openTab(coordinator, { begin: true })
  await coordinator.gather(1)
  await coordinator.reach(3)

  // A hidden page's timers fall to one a minute; behind a dialog they do not run at all.
  const dialogs: Dialog[] = []
  tab.page.on('dialog', dialog => void dialogs.push(dialog))
  const shown = tab.page.evaluate(() => alert('Nothing of this page runs while this is open.'))
  await expect.poll(() => dialogs.length).toBe(1)
  const round = await coordinator.round()
  await coordinator.reach(round + 20)
  await dialogs[0]!.accept()
  await shown
  await expect.poll(tab.contributed, { message: 'the page catches up' }).toBeGreaterThan(round + 10)
})
