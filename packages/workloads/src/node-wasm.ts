// WebAssembly in Node: the compiled kernels are read from the installed package.

import { createRequire } from 'node:module'
import path from 'node:path'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'

/** To be called before `startBackend({ prefer: 'wasm' })`. One thread: many workers share one machine. */
export function useInstalledWasm(): void {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  setWasmPaths(`${path.join(folder, 'wasm-out')}${path.sep}`)
  setThreadsCount(1)
}
