// Serves a built page to this machine alone: its files and those of WebAssembly, and nothing else. For pages that
// measure and check; what people see is served by the coordinator.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm' }
const installed = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')
const wasmFolder = path.join(path.dirname(installed), 'wasm-out')

export async function servePage(folder) {
  const server = createServer(async (request, response) => {
    const name = (request.url ?? '/').split('?')[0]
    const file = name.startsWith('/wasm/')
      ? path.join(wasmFolder, path.basename(name))
      : path.join(folder, path.normalize(name === '/' ? '/index.html' : name))
    try {
      const body = await readFile(file)
      response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(name === '/favicon.ico' ? 204 : 404).end()
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
