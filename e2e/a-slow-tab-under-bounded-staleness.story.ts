// A tab that gives a tenth of what the others give: it is told to start anew rather than waited for, gets work that it
// can end, and what it contributes is shown.

import type { RoundRecord } from '@muster/protocol'
import { expect, runFile, test } from './stage.ts'

const mostStale = (rounds: readonly RoundRecord[]): number =>
  Math.max(0, ...rounds.map(({ figures }) => figures.stalenessMax! - figures.bound!))

test('Under bounded staleness a tab at a tenth of its share is restarted, stays within the bound, and contributes', async ({
  stage,
}) => {
  test.setTimeout(180_000)
  const coordinator = await stage.startCoordinator(runFile('bounded-staleness'))
  // At half of their share they leave the processor some air.
  const tabs = [await stage.openTab(coordinator, { share: 0.5 }), await stage.openTab(coordinator, { share: 0.5 })]
  for (const tab of tabs) await coordinator.call(tab)
  const slowTab = await stage.openTab(coordinator, { share: 0.05 })
  const slow = await coordinator.call(slowTab)
  const row = async () => (await coordinator.snapshot()).workers.find(({ worker }) => worker === slow)!

  await expect
    .poll(async () => (await row()).figures.restarts ?? 0, { timeout: 60_000, message: 'it is restarted' })
    .toBeGreaterThan(0)
  // Smaller work, never immunity: it ends some, and that is applied.
  await expect
    .poll(async () => (await row()).results, { timeout: 90_000, message: 'what it sends is applied' })
    .toBeGreaterThan(2)
  expect(mostStale(await coordinator.rounds())).toBeLessThanOrEqual(0)

  const dashboard = await stage.openDashboard(coordinator)
  const cell = (key: string) => dashboard.locator(`tr[data-worker="${slow}"] [data-key="${key}"]`)
  const told = async (key: string) => Number(await cell(key).getAttribute('data-value'))
  await expect(dashboard.getByTestId('strategy-panel')).toBeVisible()
  await expect.poll(() => told('restarts')).toBeGreaterThan(0)
  const share = await told('share')
  expect(share, 'its share is shown, and is less than a third').toBeGreaterThan(0)
  expect(share).toBeLessThan(1 / 3)
  await expect(dashboard.getByTestId('panel-bound')).toHaveAttribute('data-value', /^[1-9]/)
  await expect(dashboard.getByTestId('histogram')).toBeVisible()
  expect(await slowTab.contributed(), 'the volunteer sees it as well').toBeGreaterThan(0)

  // Another strategy, chosen on the page, takes force at the next round.
  await dashboard.getByTestId('change-strategy').click()
  const form = dashboard.getByTestId('strategy-form')
  await form.getByRole('combobox').first().selectOption('adaptive-repetition')
  await dashboard.getByTestId('apply-strategy').click()
  await expect
    .poll(async () => (await coordinator.snapshot()).strategy.name, { timeout: 30_000 })
    .toBe('adaptive-repetition')
  await coordinator.reach((await coordinator.round()) + 2)
  expect((await coordinator.rounds()).at(-1)!.residual).toBeLessThanOrEqual(1e-8)
  await expect(dashboard.getByTestId('strategy-panel')).toHaveCount(0)
})
