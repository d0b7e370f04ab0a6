// Elastic averaging: a tab freezes while the others go on learning. When it comes back, its parameters are of a time long
// past: it is drawn to the model, and the model hardly heeds it.

import { decodeSafetensors, distance } from '@muster/parameters'
import type { RoundRecord } from '@muster/protocol'
import { busiestRenderer, freeze } from './freeze.ts'
import { type Coordinator, expect, runFile, test } from './stage.ts'

const warmUp = 6

async function modelOf(coordinator: Coordinator): Promise<Float32Array> {
  const response = await fetch(`${coordinator.origin}/api/weights`)
  const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()))
  return Float32Array.from(tensors.flatMap(({ data }) => [...data]))
}

const exchangesOf = (rounds: readonly RoundRecord[], worker: string) =>
  rounds.flatMap(({ round, workerFigures }) => {
    const figures = workerFigures?.[worker]
    return figures ? [{ round, distance: figures.distance!, pull: figures.pull!, push: figures.push! }] : []
  })

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
const meanLoss = (rounds: readonly RoundRecord[]): number =>
  rounds.reduce((sum, { loss }) => sum + loss, 0) / rounds.length

test('A tab that was frozen while the model moved on is drawn in when it comes back', async ({ stage, browser }) => {
  test.setTimeout(240_000)
  const coordinator = await stage.startCoordinator(runFile('elastic-averaging'))
  // In a profile of its own, and so in a process of its own.
  const profile = await browser.newContext()
  const sleeperTab = await stage.openTab(coordinator, { share: 0.6 }, profile)
  const sleeper = await coordinator.call(sleeperTab)
  const processId = await busiestRenderer(browser, async () => coordinator.reach((await coordinator.round()) + 3))
  for (let i = 0; i < 2; i++) await coordinator.call(await stage.openTab(coordinator, { share: 0.6 }))

  const exchanges = async () => exchangesOf(await coordinator.rounds(), sleeper)
  await expect
    .poll(async () => (await exchanges()).length, { timeout: 60_000, message: 'it is past its warm-up' })
    .toBeGreaterThan(2 * warmUp)

  const frozen = freeze(processId)
  try {
    // What it had sent before may still arrive.
    await coordinator.reach((await coordinator.round()) + 4)
    const before = await exchanges()
    const { round: last, distance: lastDistance } = before.at(-1)!
    const lossBefore = meanLoss((await coordinator.rounds()).slice(-15))
    const model = await modelOf(coordinator)
    await expect
      .poll(async () => distance(await modelOf(coordinator), model) / lastDistance, {
        timeout: 120_000,
        message: 'the others move the model on, five times as far as the tab was from it',
      })
      .toBeGreaterThan(5)
    expect(meanLoss((await coordinator.rounds()).slice(-15)), 'the loss still falls').toBeLessThan(lossBefore)
    frozen.thaw()

    const firstBack = async () => (await exchanges()).find(({ round }) => round > last)
    await expect.poll(firstBack, { timeout: 60_000, message: 'it exchanges again' }).toBeDefined()
    const back = (await firstBack())!
    const usual = median(before.map(({ pull }) => pull))
    expect(back.pull - usual, `h₁ ${back.pull}, before ${usual} in the median`).toBeGreaterThanOrEqual(0.2)
    expect(back.push).toBeLessThan(median(before.map(({ push }) => push)))

    // After it, it is one of them again.
    await expect
      .poll(async () => (await exchanges()).filter(({ round }) => round > back.round).length, { timeout: 60_000 })
      .toBeGreaterThan(3)
    const dashboard = await stage.openDashboard(coordinator)
    await expect(dashboard.getByTestId('workers-over-time-pull')).toBeVisible()
    await expect(dashboard.getByTestId('workers-over-time-distance')).toBeVisible()
    const told = (key: string) => dashboard.locator(`tr[data-worker="${sleeper}"] [data-key="${key}"]`)
    await expect(told('pull')).toHaveAttribute('data-value', /^[01]/)
    if (back.pull === 1) await expect(told('resets')).toHaveAttribute('data-value', /^[1-9]/)
    await dashboard.screenshot({ path: test.info().outputPath('dashboard.png'), fullPage: true })
  } finally {
    frozen.thaw()
    await profile.close()
  }
})
