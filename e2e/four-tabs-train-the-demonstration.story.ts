// The product in one picture: four tabs of one browser, two ways to compute, one model that learns.

import { demonstration, expect, test } from './stage.ts'

const accuracyWanted = 0.85

test('Four tabs, one of them on WebGPU, train the demonstration run past 85 % test accuracy', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(demonstration)
  const tabs = [
    await stage.openTab(coordinator, { backend: 'webgpu' }),
    await stage.openTab(coordinator, { backend: 'wasm' }),
    await stage.openTab(coordinator, { backend: 'wasm' }),
    await stage.openTab(coordinator, { backend: 'wasm' }),
  ]
  for (const tab of tabs) {
    await expect(tab.page.getByRole('heading', { level: 1 })).toHaveText('Digits, a small network')
    await expect(tab.page.getByTestId('connection')).toHaveAttribute('data-connection', 'connected')
    await tab.becomes('looking')
    await tab.begin()
  }
  await coordinator.gather(4)

  expect(await Promise.all(tabs.map(tab => tab.backend()))).toEqual(['webgpu', 'wasm', 'wasm', 'wasm'])
  await expect(tabs[0]!.page.getByTestId('backend')).toHaveText('WebGPU')
  await expect(tabs[1]!.page.getByTestId('backend')).toHaveText('WebAssembly')

  const accuracy = async () => (await coordinator.snapshot()).testAccuracy ?? 0
  await expect.poll(accuracy, { timeout: 90_000, intervals: [500] }).toBeGreaterThan(accuracyWanted)

  // One browser is one volunteer; each of its tabs is a worker of its own.
  const { workers } = await coordinator.snapshot()
  expect(new Set(workers.map(({ worker }) => worker)).size).toBe(4)
  expect(new Set(workers.map(({ volunteer }) => volunteer)).size).toBe(1)
  expect(workers.map(({ backend }) => backend).sort()).toEqual(['wasm', 'wasm', 'wasm', 'webgpu'])

  // Software WebGPU takes many times what WebAssembly takes: others may answer before it has ended one, yet it works.
  for (const tab of tabs) {
    const grows = tab === tabs[0] ? tab.worked : tab.contributed
    const earlier = await grows()
    await expect.poll(grows, { message: 'what a tab has given grows', timeout: 20_000 }).toBeGreaterThan(earlier)
    const shown = async () => Number(await tab.page.getByTestId('run-accuracy').getAttribute('data-value'))
    await expect.poll(shown, { message: 'the page shows what the run has learnt' }).toBeGreaterThan(accuracyWanted)
  }
})
