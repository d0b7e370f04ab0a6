// Builds the page of checks, for the stories only: it is never part of what the coordinator serves.

import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export const backendChecksFolder = here('../../dist/backend-checks')

export const backendChecksConfig: InlineConfig = {
  configFile: false,
  root: here('.'),
  cacheDir: here('../../node_modules/.vite'),
  publicDir: false,
  logLevel: 'error',
  build: {
    outDir: backendChecksFolder,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_500,
  },
}
