// The page of checks, served for one story: its files and those of WebAssembly, and nothing else.

import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright/test'
import { backendChecksFolder } from './backend-checks/vite.config.ts'
import type { Stage } from './stage.ts'

/** The server ends with the page, which ends with the story. */
export async function openChecks(stage: Stage, context: BrowserContext): Promise<Page> {
  const server = await serveChecks()
  const page = stage.watch(await context.newPage())
  page.on('close', () => {
    server.close()
    server.closeAllConnections()
  })
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => 'runChecks' in globalThis)
  return page
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

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
