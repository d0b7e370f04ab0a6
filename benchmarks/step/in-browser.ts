// Backends in Chromium: builds the page, serves it, opens a tab for each backend.

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BackendName } from '@muster/vocabulary'
import type { Browser, Page } from 'playwright'
import { browserFlags, findBrowser } from '../../scripts/find-browser.mjs'
import { servePage } from '../../scripts/serve-page.mjs'
import type { Opened } from './devices.ts'
import type { StepPage } from './page/page.ts'

// This file is bundled into dist/benchmarks.
const root = fileURLToPath(new URL('../../', import.meta.url))
const pageFolder = path.join(root, 'dist', 'step-page')
/** Chromium offers no graphics card to a page without a window, unless told. */
const hardwareFlags = [
  ...browserFlags.filter(flag => !flag.startsWith('--use-webgpu-adapter')),
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux' ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : []),
]

export interface StepBrowser {
  open(backend: BackendName): Promise<Opened>
  close(): Promise<void>
}

export async function startBrowser(): Promise<StepBrowser | string> {
  const executablePath = findBrowser()
  if (executablePath === null)
    return 'No Chrome or Chromium was found here: install one, or name its program in MUSTER_BROWSER.'
  await buildPage()
  const server = await servePage(pageFolder)
  const { chromium } = await import('playwright')
  const browsers: Browser[] = []
  const launch = async (args: readonly string[]) => {
    const browser = await chromium.launch({ executablePath, args: [...args] })
    browsers.push(browser)
    return browser
  }
  const openPage = async (browser: Browser, backend: BackendName) => {
    const page = await browser.newPage()
    await page.goto(server.address)
    await page.waitForFunction(() => 'stepPage' in globalThis)
    const adapter = await page.evaluate(
      name => (globalThis as unknown as { stepPage: StepPage }).stepPage.start(name),
      backend,
    )
    return { page, adapter }
  }
  /** A real graphics card first, then one in software. */
  const tryBoth = async (backend: BackendName) => {
    const real = await openPage(await launch(hardwareFlags), backend).catch(() => null)
    if (real !== null && !('whyNot' in real.adapter)) return real
    return openPage(await launch(browserFlags), backend)
  }
  return {
    async open(backend) {
      const { page, adapter } = await tryBoth(backend)
      const place = `Chromium ${page.context().browser()!.version()}`
      if ('whyNot' in adapter) return `${backend} in ${place}: ${adapter.whyNot}`
      return deviceOf(backend, place, adapter, page)
    },
    async close() {
      await Promise.all(browsers.map(browser => browser.close()))
      server.close()
    },
  }
}

function deviceOf(
  backend: BackendName,
  place: string,
  { adapter, isSoftware }: { readonly adapter: string; readonly isSoftware: boolean },
  page: Page,
): Opened {
  return {
    backend,
    place,
    adapter,
    isSoftware,
    measure: (model, isQuick) =>
      page.evaluate(
        ([given, order]) => (globalThis as unknown as { stepPage: StepPage }).stepPage.measure(given, order),
        [model, { isQuick, isTimed: !isSoftware }] as const,
      ),
    peak: () => page.evaluate(() => (globalThis as unknown as { stepPage: StepPage }).stepPage.peak()),
    close: () => page.context().browser()!.close(),
  }
}

async function buildPage(): Promise<void> {
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: path.join(root, 'benchmarks', 'step', 'page'),
    cacheDir: path.join(root, 'node_modules', '.vite'),
    publicDir: false,
    logLevel: 'error',
    build: { outDir: pageFolder, emptyOutDir: true, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2_500 },
  })
}
