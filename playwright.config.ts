// The stories in a real browser, one after the other: each starts coordinators and tabs that need the machine.

import { defineConfig } from 'playwright/test'
import { browserFlags, findBrowser } from './scripts/find-browser.mjs'

const executablePath = findBrowser()

export default defineConfig({
  testDir: './e2e',
  testMatch: '*.story.ts',
  globalSetup: './e2e/build-stage.ts',
  outputDir: './test-results',
  workers: 1,
  fullyParallel: false,
  reporter: 'list',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    launchOptions: { args: browserFlags, ...(executablePath === null ? {} : { executablePath }) },
  },
})
