// Whatever a browser computes with, the gradient is the same: each backend against plain 64-bit floats.

import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { CheckReport, RunChecks } from './backend-checks/page.ts'
import { backendChecksFolder } from './backend-checks/vite.config.ts'
import { expect, test } from './stage.ts'

const errorMax = 1e-5

for (const backend of ['webgpu', 'webgl', 'wasm', 'cpu'] as const) {
  test(`Gradients on ${backend} agree with plain 64-bit floats, are read back once and leave nothing behind`, async ({
    stage,
    context,
  }) => {
    const server = await serveChecks()
    try {
      const page = stage.watch(await context.newPage())
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForFunction(() => 'runChecks' in globalThis)
      const report: CheckReport = await page.evaluate(
        ([name, rounds]) => (globalThis as unknown as { runChecks: RunChecks }).runChecks(name, rounds),
        [backend, 20] as const,
      )
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
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** The page of checks and the WebAssembly files, and nothing else. */
function serveChecks(): Promise<Server> {
  const wasm = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')),
    'dist',
  )
  const server = createServer(async (request, response) => {
    const name = (request.url ?? '/').split('?')[0]!
    const file = name.startsWith('/wasm/')
      ? path.join(wasm, path.basename(name))
      : path.join(backendChecksFolder, path.normalize(name === '/' ? '/index.html' : name))
    try {
      const body = await readFile(file)
      response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(name === '/favicon.ico' ? 204 : 404).end()
    }
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}
