// Backends that run in this process: WebAssembly and plain JavaScript, and WebGPU where Dawn for Node is installed.

import type { BackendName } from '@muster/vocabulary'
import { startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import { currentAdapter } from './adapter.ts'
import type { Opened } from './devices.ts'
import { measurePeak, measureStep } from './measure.ts'

export async function openInNode(backend: BackendName): Promise<Opened> {
  if (backend === 'wasm') useInstalledWasm()
  return open(backend, `Node ${process.version}`)
}

export async function openDawn(): Promise<Opened> {
  const name = 'webgpu'
  const dawn: Dawn | null = await import(name).catch(() => null)
  if (dawn === null)
    return 'WebGPU through Dawn for Node is not installed: npm install --no-save webgpu@0.6.2 installs it beside the project.'
  Object.assign(globalThis, dawn.globals)
  const gpu = dawn.create([])
  if ((await gpu.requestAdapter()) === null) return 'Dawn for Node is installed, but finds no graphics card.'
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu } })
  return open('webgpu', 'Dawn for Node')
}

interface Dawn {
  readonly globals: object
  create(settings: readonly string[]): GPU
}

async function open(backend: BackendName, place: string): Promise<Opened> {
  const { name, notes } = await startBackend({ prefer: backend })
  if (name !== backend) return `${backend} in ${place}: ${notes.map(note => note.whyNot).join(' ')}`
  const { adapter, isSoftware } = await currentAdapter()
  return {
    backend,
    place,
    adapter,
    isSoftware,
    measure: (model, isQuick) => measureStep(model, { isQuick, isTimed: !isSoftware }),
    peak: measurePeak,
    close: async () => {},
  }
}
