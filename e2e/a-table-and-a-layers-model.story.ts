// What people bring: a table and a model from files, trained by two tabs, taken away, and used in a page.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { randomStream } from '@muster/numerics'
import type { Predict } from './backend-checks/page.ts'
import { openChecks } from './open-checks.ts'
import { expect, program, runFile, test } from './stage.ts'

const kinds = ['meadow', 'shore', 'wood']
const soils = ['chalk', 'clay']

/** Three kinds of flowers that differ in leaf, stem and soil. */
function table(rows: number): string {
  const stream = randomStream('flowers')
  const lines = Array.from({ length: rows }, () => {
    const kind = stream.integer(3)
    const measures = [4 + 2 * kind, 9 - 3 * kind, 1 + kind ** 2, 5].map(mean =>
      (mean + 0.9 * stream.normal()).toFixed(2),
    )
    const soil = soils[stream.uniform() < 0.3 + 0.2 * kind ? 0 : 1]
    return [...measures, soil, kinds[kind]].join(',')
  })
  return ['leaf,stem,petals,height,soil,kind', ...lines, ''].join('\n')
}

test('[MOD6] A layers model and a table, from files, train in two tabs; the exported model predicts the same in a page', async ({
  stage,
  context,
}) => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'muster-flowers-'))
  try {
    const csv = path.join(dataFolder, 'flowers.csv')
    writeFileSync(csv, table(900))
    const added = execFileSync(process.execPath, [
      program,
      'data',
      'add',
      'flowers',
      '--from',
      csv,
      '--data',
      dataFolder,
    ])
    expect(added.toString()).toContain('Stored.')

    const coordinator = await stage.startCoordinator(runFile('flowers/run'), { dataFolder, port: 0 })
    const tabs = [await stage.openTab(coordinator), await stage.openTab(coordinator)]
    for (const tab of tabs) await tab.begin()
    const phase = async () => (await coordinator.snapshot()).phase
    await expect.poll(phase, { timeout: 90_000, intervals: [500] }).toBe('ended')
    const { testAccuracy, run } = await coordinator.snapshot()
    expect(testAccuracy).toBeGreaterThanOrEqual(0.9)
    expect(run.layersFormat).toBe(true)
    for (const tab of tabs) expect(await tab.computed()).toBeGreaterThan(0)

    const model = await coordinator.read<Parameters<Predict>[0]['model']>('/api/model/model.json')
    const bytes = async (address: string) => [
      ...new Uint8Array(await (await fetch(coordinator.origin + address)).arrayBuffer()),
    ]
    const weights = await bytes(`/api/model/${model.weightsManifest[0]!.paths[0]}`)
    const safetensors = await bytes('/api/weights')
    const page = await openChecks(stage, context)
    const stream = randomStream('flowers to predict')
    const inputs = Array.from({ length: 20 * 6 }, stream.normal)
    const predicted = await page.evaluate(given => (globalThis as unknown as { predict: Predict }).predict(given), {
      model,
      weights,
      safetensors,
      inputs,
    })
    expect(predicted.byLayers).toHaveLength(20 * 3)
    for (const [i, probability] of predicted.byLayers.entries())
      expect(Math.abs(probability - predicted.byMuster[i]!)).toBeLessThan(1e-5)
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
