// The coordinator dies in mid-run and is started again: the run goes on where it was, the tabs come back by themselves.

import { readdirSync } from 'node:fs'
import { type Coordinator, expect, runFile, test } from './stage.ts'

test('The coordinator is killed and started again: the run continues, the tabs come back by themselves', async ({
  stage,
}) => {
  stage.allow(/WebSocket connection to .* failed/)
  stage.allow(/Failed to load resource: net::ERR_/)
  const first = await stage.startCoordinator(runFile('quick-rounds'))
  const tabs = [await stage.openTab(first), await stage.openTab(first), await stage.openTab(first)]
  for (const tab of tabs) await tab.begin()
  const dashboard = await stage.openDashboard(first)
  await first.gather(3)
  await first.reach(40)
  expect((await first.command({ command: 'set-learning-rate', learningRate: 0.07 })).status).toBe(200)
  const rate = async () => (await first.snapshot()).learningRate
  await expect.poll(rate).toBe(0.07)
  await first.reach((await first.round()) + 3)

  const before = await first.rounds()
  await first.kill()
  for (const tab of tabs)
    await expect(tab.page.getByTestId('connection')).not.toHaveAttribute('data-connection', 'connected')
  await expect(dashboard.getByTestId('connection')).toHaveAttribute('data-connection', 'lost')
  await expect(dashboard.getByRole('status').filter({ hasText: 'has not been heard' })).toBeVisible()
  const whole = lastCheckpoint(first)
  expect(whole).toBeGreaterThanOrEqual(before.at(-1)!.round)

  const given = await Promise.all(tabs.map(tab => tab.contributed()))
  const second = await stage.startCoordinator(runFile('quick-rounds'), first)
  expect(second.origin).toBe(first.origin)
  expect(second.token, "the operator's address stays good").toBe(first.token)
  expect(await second.round(), 'it continues from its last whole checkpoint').toBeGreaterThanOrEqual(whole)

  await second.gather(3)
  for (const [i, tab] of tabs.entries()) {
    await expect(tab.page.getByTestId('connection')).toHaveAttribute('data-connection', 'connected')
    await expect.poll(tab.contributed, { message: 'it computes again' }).toBeGreaterThan(given[i]!)
  }
  await expect(dashboard.getByTestId('connection')).toHaveAttribute('data-connection', 'connected')
  await second.reach(whole + 5)

  // What was recorded stays as it was; round numbers have no gap; the parameters are those that had been learnt.
  const after = await second.rounds()
  expect(after.map(({ round }) => round)).toEqual(after.map((_, i) => i))
  expect(after.slice(0, before.length - 1)).toMatchObject(
    before.slice(0, -1).map(({ round, loss, gradientNorm }) => ({ round, loss, gradientNorm })),
  )
  const resumed = after.slice(whole, whole + 5)
  const learnt = before.slice(-10).reduce((sum, { loss }) => sum + loss, 0) / 10
  for (const { loss, learningRate } of resumed) {
    expect(loss).toBeLessThan((before[0]!.loss + learnt) / 2)
    expect(learningRate, 'what the operator had set stays set').toBe(0.07)
  }
  expect((await second.command({ command: 'pause' })).status).toBe(200)
})

/** The round of the newest checkpoint in the data folder, whole or not: one that is cut short is not counted. */
function lastCheckpoint({ dataFolder }: Coordinator): number {
  const names = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })
  const rounds = names.flatMap(name => /(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
  return Math.max(...rounds.map(Number))
}
