// The dashboard invents nothing: its figures are the coordinator's own, its buttons do what the record then says.

import { readFileSync } from 'node:fs'
import type { Page } from 'playwright/test'
import { type Coordinator, expect, runFile, test } from './stage.ts'

test('The dashboard shows the coordinator’s own figures, and steers the run', async ({ stage }) => {
  const coordinator = await stage.startCoordinator(runFile('quick-rounds'))
  const dashboard = await stage.openDashboard(coordinator)
  await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'waiting')
  for (let i = 0; i < 3; i++) await stage.openTab(coordinator, { begin: true })
  await coordinator.gather(3)
  await coordinator.reach(25)
  await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'running')

  await test.step('paused, nothing moves: every figure can be compared', async () => {
    await dashboard.getByTestId('pause').click()
    await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'paused')
    const round = await coordinator.round()
    await expect(dashboard.getByTestId('round')).toHaveAttribute('data-value', String(round))
    await figuresAgree(dashboard, coordinator)
    expect(await coordinator.round(), 'a paused run stands still').toBe(round)
  })

  await test.step('a learning rate takes effect at the next round', async () => {
    await dashboard.getByTestId('learning-rate').fill('0.05')
    await dashboard.getByTestId('apply-learning-rate').click()
    await expect(dashboard.getByText('in force: 0.05')).toBeVisible()
    const from = await coordinator.round()
    await dashboard.getByTestId('resume').click()
    await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'running')
    await coordinator.reach(from + 5)
    const rounds = await coordinator.rounds(from - 1)
    expect(rounds[0]?.learningRate).toBe(0.1)
    for (const { learningRate } of rounds.slice(1)) expect(learningRate).toBe(0.05)
    const events = (await coordinator.events()).filter(({ kind }) => !kind.startsWith('worker-'))
    expect(events.map(({ kind }) => kind)).toEqual(['paused', 'learning-rate', 'resumed'])
    expect(events.every(({ round }) => round === from)).toBe(true)
    const record = dashboard.getByTestId('events').getByRole('listitem')
    for (const kind of ['paused', 'learning rate 0.05', 'resumed'])
      await expect(record.filter({ hasText: kind })).toHaveCount(1)
  })

  await test.step('a value that is none is not sent', async () => {
    await dashboard.getByTestId('learning-rate').fill('fast')
    await dashboard.getByTestId('apply-learning-rate').click()
    await expect(dashboard.getByRole('alert')).toContainText('"fast" is no learning rate')
    expect((await coordinator.snapshot()).learningRate).toBe(0.05)
  })

  await test.step('the weights come down as safetensors', async () => {
    const downloading = dashboard.waitForEvent('download')
    await dashboard.getByTestId('download').click()
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/\.safetensors$/)
    const { run } = await coordinator.snapshot()
    expect(countParameters(readFileSync(await download.path()))).toBe(run.parameterCount)
  })

  await test.step('a watcher sees everything and steers nothing', async () => {
    const watcher = await stage.openDashboard(coordinator, null)
    await expect(watcher.getByTestId('phase')).toHaveAttribute('data-value', 'running')
    for (const control of ['pause', 'resume', 'stop', 'learning-rate', 'apply-learning-rate'])
      await expect(watcher.getByTestId(control)).toBeDisabled()
    await expect(watcher.getByText('You are watching.')).toBeVisible()
    for (const token of [null, 'guessed']) {
      const answer = await coordinator.command({ command: 'stop' }, token)
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ code: 'operator-token' })
    }
    await expect(dashboard.getByTestId('refusals').locator('[data-code="operator-token"] b')).toHaveText('2')
    expect((await coordinator.snapshot()).refused['operator-token']).toBe(2)
  })

  await test.step('stopping asks first, then holds for good', async () => {
    await dashboard.getByTestId('stop').click()
    await dashboard.getByRole('button', { name: 'Do not stop it' }).click()
    expect((await coordinator.snapshot()).phase).toBe('running')
    await dashboard.getByTestId('stop').click()
    await dashboard.getByTestId('confirm-stop').click()
    await expect(dashboard.getByTestId('phase')).toHaveAttribute('data-value', 'ended')
    await figuresAgree(dashboard, coordinator)
    expect((await coordinator.events()).at(-1)).toMatchObject({ kind: 'ended', detail: 'stopped by the operator' })
    for (const control of ['pause', 'resume', 'stop']) await expect(dashboard.getByTestId(control)).toBeDisabled()
    await expect(dashboard.getByTestId('download')).toBeVisible()
    expect((await coordinator.command({ command: 'resume' })).status).toBe(409)
  })
})

async function figuresAgree(dashboard: Page, coordinator: Coordinator): Promise<void> {
  const value = async (hook: string) => Number(await dashboard.getByTestId(hook).getAttribute('data-value'))
  const shown = async () => ({
    round: await value('round'),
    testAccuracy: await value('test-accuracy'),
    roundsPerMinute: await value('rounds-per-minute'),
    loss: await value('loss'),
    stragglers: await value('stragglers'),
    redundancy: await value('redundancy'),
    reissued: await value('reissued'),
    residual: await value('residual'),
    amplification: await value('amplification'),
    workers: await dashboard
      .getByTestId('workers')
      .locator('tbody tr')
      .evaluateAll(rows => rows.map(row => row.getAttribute('data-worker'))),
  })
  const own = async () => {
    const { round, testAccuracy, roundsPerMinute, workers } = await coordinator.snapshot()
    expect(await coordinator.round()).toBe(round)
    const { loss, stragglers, redundancy, reissued, residual, amplification } = (await coordinator.rounds()).at(-1)!
    const last = { loss, stragglers, redundancy, reissued, residual, amplification }
    return { round, testAccuracy, roundsPerMinute, ...last, workers: workers.map(({ worker }) => worker) }
  }
  // The evaluation of the last round may still be under way: both are asked until they agree.
  await expect(async () => expect(await shown()).toEqual(await own())).toPass({ timeout: 10_000 })
}

/** Reads the header by hand: 8 bytes of length, JSON, then exactly the bytes that it describes. */
function countParameters(file: Buffer): number {
  const headerBytes = Number(file.readBigUInt64LE(0))
  const header = JSON.parse(file.subarray(8, 8 + headerBytes).toString('utf8')) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >
  const tensors = Object.entries(header).flatMap(([name, tensor]) => (name === '__metadata__' ? [] : [tensor]))
  let count = 0
  for (const { dtype, shape, data_offsets } of tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1)
    expect(dtype).toBe('F32')
    expect(data_offsets[1] - data_offsets[0]).toBe(4 * size)
    count += size
  }
  expect(file.byteLength).toBe(8 + headerBytes + Math.max(...tensors.map(({ data_offsets }) => data_offsets[1])))
  return count
}
