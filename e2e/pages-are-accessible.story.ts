// Both pages, in every state a visitor meets, light and dark: nothing that axe knows to complain of.

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { expect, runFile, test } from './stage.ts'

test('Both pages pass the accessibility scan: empty, training, paused, without a coordinator, ended', async ({
  stage,
}) => {
  stage.allow(/WebSocket connection to .* failed/)
  stage.allow(/Failed to load resource: net::ERR_/)
  const first = await stage.startCoordinator(runFile('quick-rounds'))
  const dashboard = await stage.openDashboard(first)
  const watcher = await stage.openDashboard(first, null)
  // A tenth of a share leaves the machine to the scan.
  const tab = await stage.openTab(first, { share: 0.1 })
  await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'waiting')
  await tab.becomes('looking')
  await scan('empty', dashboard, watcher, tab.page)

  await tab.begin()
  await stage.openTab(first, { begin: true, share: 0.1 })
  await first.gather(2)
  await first.reach(12)
  await expect(dashboard.getByTestId('test-accuracy')).not.toHaveAttribute('data-value', '')
  await openDetails(dashboard)
  await openDetails(tab.page)
  await scan('training', dashboard, tab.page)

  await tab.begin()
  await tab.becomes('paused')
  await dashboard.getByTestId('pause').click()
  await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'paused')
  await scan('paused', dashboard, tab.page)
  await dashboard.getByTestId('stop').click()
  await scan('asking whether to stop', dashboard)
  await dashboard.keyboard.press('Escape')

  await first.kill()
  await expect(dashboard.getByTestId('connection')).toHaveAttribute('data-connection', 'lost')
  await expect(tab.page.getByTestId('connection')).toHaveAttribute('data-connection', 'offline')
  await scan('without a coordinator', dashboard, tab.page)

  const second = await stage.startCoordinator(runFile('quick-rounds'), first)
  await expect(tab.page.getByTestId('connection')).toHaveAttribute('data-connection', 'connected')
  expect((await second.command({ command: 'stop' })).status).toBe(200)
  await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'ended')
  await tab.becomes('ended')
  await scan('ended', dashboard, tab.page)
})

/** Tables and notes that are folded away are read, too. */
const openDetails = (page: Page): Promise<void> =>
  page.locator('details').evaluateAll(all => {
    for (const details of all) (details as HTMLDetailsElement).open = true
  })

async function scan(state: string, ...pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(node => `${id}: ${node.html}\n${node.failureSummary}`),
      )
      expect.soft(found, `${new URL(page.url()).pathname}, ${state}, ${colorScheme}`).toEqual([])
    }
  }
}
