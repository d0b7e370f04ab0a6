// Whatever a browser computes with, the gradient is the same: each backend against plain 64-bit floats.

import type { CheckReport, RunChecks, RunWalkChecks } from './backend-checks/page.ts'
import { openChecks } from './open-checks.ts'
import { expect, test } from './stage.ts'

const errorMax = 1e-5

for (const backend of ['webgpu', 'webgl', 'wasm', 'cpu'] as const) {
  test(`Gradients on ${backend} agree with plain 64-bit floats, are read back once and leave nothing behind`, async ({
    stage,
    context,
  }) => {
    const page = await openChecks(stage, context)
    const report: CheckReport = await page.evaluate(
      ([name, rounds]) => (globalThis as unknown as { runChecks: RunChecks }).runChecks(name, rounds),
      [backend, 20] as const,
    )
    judge(backend, report)
  })

  test(`Local steps and batches in pieces on ${backend} agree with plain 64-bit floats, and leave nothing behind`, async ({
    stage,
    context,
  }) => {
    const page = await openChecks(stage, context)
    const report: CheckReport = await page.evaluate(
      name => (globalThis as unknown as { runWalkChecks: RunWalkChecks }).runWalkChecks(name),
      backend,
    )
    judge(backend, report)
  })
}

function judge(backend: string, report: CheckReport): void {
  // Software WebGL is not everywhere, nor with 32-bit floats; the page then names why, and there is nothing to check.
  // biome-ignore lint/suspicious/noSkippedTests: it runs wherever there is something to run on
  test.skip(backend === 'webgl' && report.backend !== 'webgl', report.notes.join(' '))
  expect(report.backend, report.notes.join(' ')).toBe(backend)
  for (const { title, gradientError, lossError } of report.cases) {
    expect(gradientError, `gradient of ${title}`).toBeLessThanOrEqual(errorMax)
    expect(lossError, `loss of ${title}`).toBeLessThanOrEqual(errorMax)
  }
  expect(report.readBacks).toBe(1)
  expect(report.growth.tensorsAfter).toBe(report.growth.tensorsBefore)
  expect(report.growth.bytesAfter).toBe(report.growth.bytesBefore)
}
