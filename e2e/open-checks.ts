// The page of checks, served for one story.

import type { BrowserContext, Page } from 'playwright/test'
import { servePage } from '../scripts/serve-page.mjs'
import { backendChecksFolder } from './backend-checks/vite.config.ts'
import type { Stage } from './stage.ts'

/** The server ends with the page, which ends with the story. */
export async function openChecks(stage: Stage, context: BrowserContext): Promise<Page> {
  const server = await servePage(backendChecksFolder)
  const page = stage.watch(await context.newPage())
  page.on('close', () => server.close())
  await page.goto(server.address)
  await page.waitForFunction(() => 'runChecks' in globalThis)
  return page
}
