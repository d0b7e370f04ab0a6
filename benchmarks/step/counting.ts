// Counts what the current backend of TensorFlow.js is made to do, by listening at the few doors all work goes through.
// They are inner parts of the backends, of one version: what they are is written down in the interfaces below.

import type { BackendName } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'

export interface Counts {
  /** Shaders started on a graphics card; elsewhere, kernels of TensorFlow.js without those that only look differently. */
  readonly dispatches: number
  readonly readBacks: number
  /** Null where there is no device to carry them to. */
  readonly bytesUp: number | null
  readonly bytesDown: number
  readonly tensors: number
  /** Shaders translated and linked. */
  readonly programs: number
  readonly kernels: ReadonlyMap<string, KernelUse>
}

export interface KernelUse {
  readonly count: number
  /** Within the kernel; on a graphics card only what it takes to tell it. */
  readonly ms: number
}

interface StoredTensor {
  /** Null or absent where they are on the device. */
  readonly values?: { readonly byteLength?: number; readonly length: number } | null
  /** WebGPU: the buffer. */
  readonly resource?: unknown
  /** WebGL. */
  readonly texture?: unknown
}

interface InnerParts {
  /** WebGPU. */
  readonly device: object
  readonly tensorMap: { get(id: unknown): StoredTensor }
  /** WebGL. */
  readonly gpgpu: { readonly gl: object }
  readonly texData: { get(id: unknown): StoredTensor }
}

/** They give the same numbers another shape or owner; no backend moves a number for them. */
const views = new Set(['Reshape', 'Identity', 'ExpandDims', 'Squeeze'])
const bytesPerNumber = 4

/** What `work` makes the backend do. */
export async function countDuring(work: () => Promise<unknown>): Promise<Counts> {
  const backend = tf.getBackend() as BackendName
  const engine = tf.engine()
  const { backend: inner } = engine
  const parts = inner as unknown as InnerParts
  const made = engine.constructor as unknown as { readonly nextTensorId: number }
  const kernels = new Map<string, KernelUse>()
  const undo: (() => void)[] = []
  const on = (target: object, name: string, seen: Listener) => undo.push(listen(target, name, seen))
  let dispatches = 0
  let readBacks = 0
  let bytesUp = 0
  let bytesDown = 0
  let programs = 0

  const upload = (stored: StoredTensor) => {
    const isNew = stored.values != null && stored.resource == null && stored.texture == null
    if (isNew) bytesUp += bytesPerNumber * stored.values!.length
  }
  const fetched = (target: object, isOnDevice: (id: unknown) => boolean) => {
    // A backend's `read` may call its own `readSync`: that is one fetch.
    let isWithin = false
    for (const name of ['read', 'readSync'])
      on(target, name, ([id], call) => {
        const counts = !isWithin && isOnDevice(id)
        isWithin = true
        const values = call()
        isWithin = false
        if (counts) {
          readBacks++
          void Promise.resolve(values).then(read => {
            bytesDown += (read as ArrayBufferView).byteLength
          })
        }
        return values
      })
  }
  const count = (add: () => void): Listener => {
    return (_, call) => {
      add()
      return call()
    }
  }

  on(engine, 'runKernel', ([name], call) => {
    const begun = performance.now()
    const found = call()
    const { count: uses, ms } = kernels.get(name as string) ?? { count: 0, ms: 0 }
    kernels.set(name as string, { count: uses + 1, ms: ms + performance.now() - begun })
    return found
  })
  if (backend === 'webgpu') {
    // One dispatch each.
    on(
      inner,
      'recordAndSubmit',
      count(() => dispatches++),
    )
    on(
      parts.device,
      'createComputePipeline',
      count(() => programs++),
    )
    on(
      parts.device,
      'createComputePipelineAsync',
      count(() => programs++),
    )
    on(inner, 'uploadToGPU', ([id], call) => {
      upload(parts.tensorMap.get(id))
      return call()
    })
    fetched(inner, id => parts.tensorMap.get(id).values == null)
  } else if (backend === 'webgl') {
    on(
      parts.gpgpu.gl,
      'drawElements',
      count(() => dispatches++),
    )
    on(
      parts.gpgpu.gl,
      'linkProgram',
      count(() => programs++),
    )
    on(inner, 'uploadToGPU', ([id], call) => {
      upload(parts.texData.get(id))
      return call()
    })
    fetched(inner, id => parts.texData.get(id).values == null)
  } else {
    // Kernels themselves read from the memory they compute in; a read-back is what is asked for from outside.
    fetched(engine, () => true)
    if (backend === 'wasm')
      on(inner, 'move', ([, values], call) => {
        if (values != null) bytesUp += (values as ArrayBufferView).byteLength
        return call()
      })
  }

  const tensorsBefore = made.nextTensorId
  try {
    await work()
  } finally {
    for (const stop of undo.reverse()) stop()
  }
  const hasDevice = backend !== 'cpu'
  const isGpu = backend === 'webgpu' || backend === 'webgl'
  const called = [...kernels].reduce((sum, [name, use]) => sum + (views.has(name) ? 0 : use.count), 0)
  return {
    dispatches: isGpu ? dispatches : called,
    readBacks,
    bytesUp: hasDevice ? bytesUp : null,
    bytesDown,
    tensors: made.nextTensorId - tensorsBefore,
    programs,
    kernels,
  }
}

type Method = (...given: unknown[]) => unknown
type Listener = (given: readonly unknown[], call: () => unknown) => unknown

/** Puts `seen` before a method; the function given back takes it away. */
function listen(target: object, name: string, seen: Listener): () => void {
  const methods = target as Record<string, Method>
  const isOwn = Object.hasOwn(target, name)
  const original = methods[name]!
  methods[name] = function (this: unknown, ...given: unknown[]) {
    return seen(given, () => original.apply(this, given))
  }
  return () => {
    if (isOwn) methods[name] = original
    else delete methods[name]
  }
}
