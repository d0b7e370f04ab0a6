// Chooses what computes: WebGPU, else WebGL, else WebAssembly, else plain JavaScript, and says why not a better one.
// The choice holds for the whole page or Web Worker, because TensorFlow.js keeps one backend at a time.

import type { BackendName } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'

export interface BackendChoice {
  /** Tried first, even where it runs in software; the others follow in their order. */
  readonly prefer?: BackendName | undefined
  /** Where the .wasm files are: a folder's address that ends in '/', or one address per file name. */
  readonly wasmPath?: string | Readonly<Record<string, string>> | undefined
}

export interface BackendNote {
  readonly backend: BackendName
  /** A sentence for the volunteer. */
  readonly whyNot: string
}

export interface StartedBackend {
  readonly name: BackendName
  /** One for each backend that was tried in vain. */
  readonly notes: readonly BackendNote[]
}

const order: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu']
const softwareRenderer = /swiftshader|llvmpipe|softpipe|software|basic render/i

/** @throws Error when no backend starts at all. */
export async function startBackend(choice: BackendChoice = {}): Promise<StartedBackend> {
  tf.enableProdMode()
  const { prefer } = choice
  const candidates = prefer === undefined ? order : [prefer, ...order.filter(name => name !== prefer)]
  const notes: BackendNote[] = []
  for (const name of candidates) {
    const whyNot = await tryBackend(name, choice).catch(
      (error: unknown) => `${titles[name]} failed to start: ${error instanceof Error ? error.message : String(error)}.`,
    )
    if (whyNot === null) return { name, notes }
    notes.push({ backend: name, whyNot })
  }
  throw new Error(`no compute backend starts here. ${notes.map(note => note.whyNot).join(' ')}`)
}

const titles: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'Plain JavaScript',
}

/** Null when the backend runs, else why it does not. */
async function tryBackend(name: BackendName, choice: BackendChoice): Promise<string | null> {
  const mayBeSoftware = choice.prefer === name
  if (name === 'webgpu') {
    const whyNot = await whyNotWebGpu(mayBeSoftware)
    if (whyNot !== null) return whyNot
    await import('@tensorflow/tfjs-backend-webgpu')
  }
  if (name === 'webgl') {
    const whyNot = whyNotWebGl(mayBeSoftware)
    if (whyNot !== null) return whyNot
    // Packed textures hold 2 × 2 numbers; for odd widths or batches the rest of the last texel is not kept zero, and a
    // product that runs over it gives NaN. Unpacked textures have no rest.
    tf.env().set('WEBGL_PACK', false)
  }
  if (name === 'wasm') {
    if (typeof WebAssembly === 'undefined') return 'This browser does not run WebAssembly.'
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    if (choice.wasmPath !== undefined) wasm.setWasmPaths(choice.wasmPath as string)
  }
  const started = await tf.setBackend(name)
  await tf.ready()
  if (!started || tf.getBackend() !== name) return `${titles[name]} did not start on this device.`
  if (name === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED'))
    return 'This graphics card computes with half precision only in WebGL, which is too coarse for training.'
  return null
}

async function whyNotWebGpu(mayBeSoftware: boolean): Promise<string | null> {
  if (globalThis.isSecureContext === false) return 'This page is not served over https, so WebGPU is not available.'
  const gpu = typeof navigator === 'undefined' ? undefined : navigator.gpu
  if (!gpu) return 'This browser does not offer WebGPU.'
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) return 'This browser offers WebGPU, but found no graphics card that it may use for it.'
  const info = adapter.info as GPUAdapterInfo | undefined
  const isSoftware =
    info?.isFallbackAdapter === true || softwareRenderer.test(`${info?.architecture} ${info?.description}`)
  if (isSoftware && !mayBeSoftware)
    return 'This browser offers WebGPU in software only, which is slower than WebAssembly.'
  return null
}

function whyNotWebGl(mayBeSoftware: boolean): string | null {
  if (typeof OffscreenCanvas === 'undefined' && typeof document === 'undefined')
    return 'There is no canvas here, so WebGL is not available.'
  const canvas = typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1)
  const gl = canvas.getContext('webgl2') as WebGL2RenderingContext | null
  if (gl === null) return 'This browser does not offer WebGL 2.'
  const names = gl.getExtension('WEBGL_debug_renderer_info')
  const renderer = names === null ? '' : String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  if (softwareRenderer.test(renderer) && !mayBeSoftware)
    return 'This browser offers WebGL in software only, which is slower than WebAssembly.'
  return null
}
