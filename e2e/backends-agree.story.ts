// Whatever a browser computes with, the gradient is the same: each backend against plain 64-bit floats.

import type {
  CheckReport,
  CurvatureReport,
  ReplicaReport,
  RunChecks,
  RunCurvatureChecks,
  RunReplicaChecks,
  RunWalkChecks,
} from './backend-checks/page.ts'
import { openChecks } from './open-checks.ts'
import { expect, test } from './stage.ts'

const errorMax = 1e-5
/** Of differences of gradients in place of the Hessian: an approximation. */
const differenceErrorMax = 1e-3

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

  test(`Products with the Hessian on ${backend} agree with plain 64-bit floats, and leave nothing behind`, async ({
    stage,
    context,
  }) => {
    const page = await openChecks(stage, context)
    const report: CurvatureReport = await page.evaluate(
      name => (globalThis as unknown as { runCurvatureChecks: RunCurvatureChecks }).runCurvatureChecks(name),
      backend,
    )
    judgeBackend(backend, report)
    for (const { title, productError, gradientError, differenceError } of report.cases) {
      expect(productError, `product of ${title}`).toBeLessThanOrEqual(errorMax)
      expect(gradientError, `gradient of ${title}`).toBeLessThanOrEqual(errorMax)
      expect(differenceError ?? 0, `differences of ${title}`).toBeLessThanOrEqual(differenceErrorMax)
    }
  })

  test(`A worker’s own steps on ${backend} go the way of plain 64-bit floats, and leave nothing behind`, async ({
    stage,
    context,
  }) => {
    // A card played by software compiles a program for each shape, and products with the Hessian have many.
    test.setTimeout(300_000)
    const page = await openChecks(stage, context)
    const report: ReplicaReport = await page.evaluate(
      name => (globalThis as unknown as { runReplicaChecks: RunReplicaChecks }).runReplicaChecks(name),
      backend,
    )
    judgeBackend(backend, report)
    for (const { title, error, errorMax } of report.cases) expect(error, title).toBeLessThanOrEqual(errorMax)
    expect(report.readBacks).toBe(1)
  })
}

function judge(backend: string, report: CheckReport): void {
  judgeBackend(backend, report)
  for (const { title, gradientError, lossError } of report.cases) {
    expect(gradientError, `gradient of ${title}`).toBeLessThanOrEqual(errorMax)
    expect(lossError, `loss of ${title}`).toBeLessThanOrEqual(errorMax)
  }
  expect(report.readBacks).toBe(1)
  expect(report.rangeDifferences ?? 0, 'numbers of ranges that are not the sum’s own').toBe(0)
}

/** It is the one asked for, and keeps nothing. */
function judgeBackend(backend: string, report: Pick<CheckReport, 'backend' | 'notes' | 'growth'>): void {
  // Software WebGL is not everywhere, nor with 32-bit floats; the page then names why, and there is nothing to check.
  // biome-ignore lint/suspicious/noSkippedTests: it runs wherever there is something to run on
  test.skip(backend === 'webgl' && report.backend !== 'webgl', report.notes.join(' '))
  expect(report.backend, report.notes.join(' ')).toBe(backend)
  expect(report.growth.tensorsAfter).toBe(report.growth.tensorsBefore)
  expect(report.growth.bytesAfter).toBe(report.growth.bytesBefore)
}
