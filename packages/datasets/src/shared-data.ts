// Real data for tests, where a machine has them.

import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const shared = process.env.MUSTER_SHARED ?? path.join(repository, '..', 'shared')

export interface SharedData {
  readonly folder: string
  readonly isPresent: boolean
  /** For the title of a test that cannot run without. */
  readonly skipped: string
}

export function sharedData(name: string): SharedData {
  const folder = path.join(shared, 'data', name)
  const isPresent = existsSync(folder)
  return { folder, isPresent, skipped: isPresent ? '' : ` (SKIPPED: ${folder} is absent; set MUSTER_SHARED)` }
}
