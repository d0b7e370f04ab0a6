// A language model in a tab: it learns a rhyme, and the dashboard shows what it writes.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, program, runFile, test } from './stage.ts'

const rhyme = 'the cat sat on the mat\nthe dog sat on the log\n'

test('A text becomes a data set, a tab learns it, the dashboard shows what the model writes', async ({ stage }) => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'muster-rhyme-'))
  try {
    const file = path.join(dataFolder, 'rhyme.txt')
    writeFileSync(file, rhyme.repeat(60))
    execFileSync(process.execPath, [program, 'data', 'add', 'rhyme', '--from', file, '--data', dataFolder])
    const coordinator = await stage.startCoordinator(runFile('rhyme'), { dataFolder, port: 0 })
    const dashboard = await stage.openDashboard(coordinator)
    await expect(dashboard.getByTestId('written')).toHaveCount(0)
    const tab = await stage.openTab(coordinator)
    await tab.begin()
    const phase = async () => (await coordinator.snapshot()).phase
    await expect.poll(phase, { timeout: 90_000, intervals: [500] }).toBe('ended')

    const { sample, run } = await coordinator.snapshot()
    expect(run.layersFormat).toBe(false)
    for (const letter of sample!.text) expect(rhyme).toContain(letter)
    // Three of four letters right is enough for words.
    expect(sample!.text).toMatch(/\b(the|sat|cat|dog|mat|log|on)\b/)
    await expect(dashboard.getByTestId('written')).toContainText(sample!.text.trim().split('\n')[0]!)
    const layers = await fetch(`${coordinator.origin}/api/model/model.json`)
    expect(await layers.json()).toMatchObject({ code: 'model-inexpressible' })
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
