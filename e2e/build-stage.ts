// Before the first story: what it plays on is built, if it is older than its sources.

import { build } from 'vite'
import { buildAll } from '../scripts/build.mjs'
import { backendChecksConfig } from './backend-checks/vite.config.ts'

export default async function buildStage(): Promise<void> {
  await buildAll()
  await build(backendChecksConfig)
}
