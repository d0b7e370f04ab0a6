// The volunteer's hand: pausing gives work back at once, going on takes it up again, hiding the tab changes nothing.

import { expect, runFile, test } from './stage.ts'

const roundMsMax = 10_000

test('A volunteer pauses and goes on: the run does not wait, and the work is taken up again', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(runFile('long-rounds'))
  const tabs = [await stage.openTab(coordinator), await stage.openTab(coordinator)]
  const [pauses] = tabs as [(typeof tabs)[0]]
  const name = await coordinator.call(pauses)
  await coordinator.call(tabs[1]!)
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

test('A hidden tab goes on', async ({ stage, context }) => {
  const coordinator = await stage.startCoordinator(runFile('quick-rounds'))
  const tab = await stage.openTab(coordinator, { begin: true })
  await coordinator.gather(1)
  await coordinator.reach(3)

  // Playwright lets every page believe that it is in front; this one is to know that it is not.
  const session = await context.newCDPSession(tab.page)
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  const front = await context.newPage()
  await front.goto(`${coordinator.origin}/api/snapshot`)
  await front.bringToFront()
  const isHidden = () => tab.page.evaluate(() => document.visibilityState)
  await expect.poll(isHidden).toBe('hidden')

  const round = await coordinator.round()
  const given = await tab.contributed()
  await coordinator.reach(round + 20)
  await expect.poll(tab.contributed).toBeGreaterThan(given + 10)
})
