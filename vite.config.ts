// Builds the two pages into dist/pages: `/` (apps/worker) and `/dashboard` (apps/dashboard), and puts the
// WebAssembly files of the compute backend beside them. Nothing is inlined, so the content policy stays strict.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Where each page's source lies under `apps/`, by the name of what is built from it. */
const pages = {
  'index.html': 'worker/index.html',
  'dashboard.html': 'dashboard/dashboard.html',
} as const

const addresses: Record<string, string> = { '/': pages['index.html'], '/dashboard': pages['dashboard.html'] }

/** Sources are sorted by room, addresses by visitor: this maps the one onto the other, built and in development. */
function placePages(): Plugin {
  return {
    name: 'muster:place-pages',
    enforce: 'post',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const [path = '', query] = (request.url ?? '').split('?')
        const page = addresses[path]
        if (page !== undefined) request.url = query === undefined ? `/${page}` : `/${page}?${query}`
        next()
      })
    },
    generateBundle(_options, bundle) {
      for (const [name, source] of Object.entries(pages)) {
        const built = bundle[source]
        if (built?.type !== 'asset') continue
        delete bundle[source]
        this.emitFile({ type: 'asset', fileName: name, source: built.source })
      }
    },
  }
}

/** TensorFlow.js fetches one of these by name, whichever the browser can run. */
function placeWasm(): Plugin {
  const files = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm']
  const folder = join(
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'),
    '..',
    'dist',
  )
  return {
    name: 'muster:place-wasm',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = files.find(name => (request.url ?? '').split('?')[0] === `/wasm/${name}`)
        if (file === undefined) return next()
        response.setHeader('content-type', 'application/wasm')
        response.end(readFileSync(join(folder, file)))
      })
    },
    generateBundle() {
      for (const file of files) {
        this.emitFile({ type: 'asset', fileName: `wasm/${file}`, source: readFileSync(join(folder, file)) })
      }
    },
  }
}

const coordinator = 'http://127.0.0.1:8787'

export default defineConfig({
  root: here('./apps'),
  publicDir: false,
  cacheDir: here('./node_modules/.vite'),
  plugins: [react(), placePages(), placeWasm()],
  worker: { format: 'es' },
  server: { proxy: { '/api': coordinator, '/socket.io': { target: coordinator, ws: true } } },
  build: {
    outDir: here('./dist/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The Web Worker carries TensorFlow.js; it is fetched once and never blocks the page.
    chunkSizeWarningLimit: 2_500,
    rolldownOptions: { input: Object.values(pages).map(page => here(`./apps/${page}`)) },
  },
})
