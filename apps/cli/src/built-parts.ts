// Where the bundle's other parts lie: beside it.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BuiltParts } from '@muster/coordinator'

const beside = (path: string) => new URL(path, import.meta.url)
const pages = fileURLToPath(beside('../pages'))

export const builtParts: BuiltParts = {
  vectorThread: beside('./vector-thread.mjs'),
  evaluationThread: beside('./evaluation-thread.mjs'),
  pagesFolder: existsSync(pages) ? pages : null,
}

/** The demonstration run. */
export const demonstrationFile = fileURLToPath(beside('../../examples/digits-mlp.json'))

/** This very program, for the worker processes it starts. */
export const programFile = fileURLToPath(beside('./muster.mjs'))

/** Where simulations run side by side. */
export const simulationThread = beside('./simulation-thread.mjs')
