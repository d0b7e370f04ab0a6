// Runs the exported checks of the compute backends in a browser. The story calls `runChecks` and judges the figures.

import { startBackend } from '@muster/workloads'
import {
  checkCases,
  compareWithPlain,
  countReadBacks,
  type GrowthFigures,
  measureGrowth,
  type OracleFigures,
} from '@muster/workloads/checks'

type BackendName = Awaited<ReturnType<typeof startBackend>>['name']

export interface CheckReport {
  /** What runs: another than was asked for where that one does not start here. */
  readonly backend: BackendName
  readonly notes: readonly string[]
  readonly cases: readonly (OracleFigures & { readonly title: string })[]
  readonly readBacks: number
  readonly growth: GrowthFigures
}

export type RunChecks = (prefer: BackendName, growthRounds: number) => Promise<CheckReport>

const runChecks: RunChecks = async (prefer, growthRounds) => {
  const { name, notes } = await startBackend({ prefer, wasmPath: '/wasm/' })
  const cases = []
  for (const given of checkCases) cases.push({ title: given.title, ...(await compareWithPlain(given)) })
  const small = checkCases.at(-1)!
  return {
    backend: name,
    notes: notes.map(note => note.whyNot),
    cases,
    readBacks: await countReadBacks(checkCases[1]!),
    growth: await measureGrowth(small, growthRounds),
  }
}

Object.assign(globalThis, { runChecks })
