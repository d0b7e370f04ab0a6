// Measures one model on the current backend. Runs in Node and in a page alike, and knows nothing of either.

import { type Batch, createGradientComputer, type Network } from '@muster/workloads'
import { type CheckCase, checkBatch, checkParameters } from '@muster/workloads/checks'
import * as tf from '@tensorflow/tfjs'
// The computer does a partition in one go; to time its phases one must begin them one by one.
// biome-ignore-start lint/style/noRestrictedImports: inner parts that nobody but this measurement needs
import { deviceFinished } from '../../packages/workloads/src/device-fence.ts'
import { forward } from '../../packages/workloads/src/network/forward.ts'
import { flatGradient } from '../../packages/workloads/src/network/gradient.ts'
import { crossEntropySum } from '../../packages/workloads/src/operations/cross-entropy.ts'
import { oneHotRows } from '../../packages/workloads/src/operations/one-hot.ts'
// biome-ignore-end lint/style/noRestrictedImports: as above
import { median } from '../statistics.ts'
import { countDuring } from './counting.ts'
import { networkOfModel, type StepModel } from './models.ts'

export interface StepOrder {
  readonly isQuick: boolean
  /** Milliseconds of a graphics card that the processor imitates say nothing. */
  readonly isTimed: boolean
}

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Times {
  /** Logits and loss, with what goes up. */
  readonly forward: Spread
  /** All of the gradient, less the forward pass just before. */
  readonly backward: Spread
  readonly accumulate: Spread
  readonly readBack: Spread
  /** A partition as it is really added, in one go. */
  readonly partition: Spread
}

export interface Growth {
  readonly partitions: number
  readonly tensors: number
  readonly bytes: number
  /** Of the graphics card's memory, or of WebAssembly's; null where there is neither. */
  readonly deviceBytes: number | null
}

export interface StepFigures {
  /** Of a partition that is added to others. */
  readonly dispatches: number
  readonly bytesUp: number | null
  readonly tensors: number
  /** Of an upload, which sums up several partitions. */
  readonly readBacks: number
  readonly bytesDown: number
  /** Shaders translated for the first upload, and for a second one of the same shapes. */
  readonly programs: { readonly first: number; readonly second: number }
  readonly growth: Growth
  readonly times: Times | null
  /** The costliest first, where kernels compute before they return; else the most frequent. */
  readonly kernels: readonly { readonly name: string; readonly count: number; readonly ms: number | null }[]
}

const partitionsPerUpload = 3
const growthBudgetMs = 60_000
const growthPartitionsMax = 1000

export async function measureStep(model: StepModel, { isQuick, isTimed }: StepOrder): Promise<StepFigures> {
  const network = networkOfModel(model)
  const given: CheckCase = { title: model.name, network, batchSize: model.batchSize }
  const parameters = checkParameters(given)
  const batch = checkBatch(given)
  const computer = createGradientComputer(network)
  /** As a worker does it: new parameters, a sum of several partitions, one answer. */
  const upload = async (partitions = partitionsPerUpload) => {
    computer.loadParameters(parameters)
    const sum = computer.newSum()
    for (let i = 0; i < partitions; i++) await sum.add(batch)
    await sum.read()
    sum.dispose()
  }
  const first = await countDuring(upload)
  const second = await countDuring(upload)

  const sum = computer.newSum()
  await sum.add(batch)
  const added = await countDuring(() => sum.add(batch))
  sum.dispose()

  const begun = performance.now()
  await upload()
  const partitionMs = (performance.now() - begun) / partitionsPerUpload
  const partitionsMax = isQuick ? 30 : growthPartitionsMax
  const partitions = Math.min(partitionsMax, Math.max(6, Math.round(growthBudgetMs / partitionMs)))
  const growth = await measureGrowth(upload, partitions)
  computer.dispose()

  const isSynchronous = tf.getBackend() === 'wasm' || tf.getBackend() === 'cpu'
  const times = isTimed ? await measureTimes(network, parameters, batch, isQuick ? 3 : 15) : null
  const kernels = [...added.kernels].map(([name, { count, ms }]) => ({ name, count, ms: isSynchronous ? ms : null }))
  return {
    dispatches: added.dispatches,
    bytesUp: added.bytesUp,
    tensors: added.tensors,
    readBacks: second.readBacks,
    bytesDown: second.bytesDown,
    programs: { first: first.programs, second: second.programs },
    growth,
    times,
    kernels: kernels.sort((one, other) => (other.ms ?? other.count) - (one.ms ?? one.count)).slice(0, 8),
  }
}

async function measureGrowth(upload: (partitions?: number) => Promise<void>, partitions: number): Promise<Growth> {
  // Backends keep what they free for the next one that asks: until all sizes have been met, that pool grows.
  for (let i = 0; i < 3; i++) await upload()
  const before = memoryNow()
  for (let done = 0; done < partitions; done += partitionsPerUpload)
    await upload(Math.min(partitionsPerUpload, partitions - done))
  const after = memoryNow()
  return {
    partitions,
    tensors: after.tensors - before.tensors,
    bytes: after.bytes - before.bytes,
    deviceBytes: after.device === null ? null : after.device - before.device!,
  }
}

function memoryNow(): { readonly tensors: number; readonly bytes: number; readonly device: number | null } {
  const memory = tf.memory() as tf.MemoryInfo & {
    /** WebGL's and WebGPU's name for the same. */
    readonly numBytesInGPUAllocated?: number
    readonly numBytesAllocatedInGPU?: number
  }
  const heap = (tf.backend() as unknown as { readonly wasm?: { readonly HEAPU8: Uint8Array } }).wasm?.HEAPU8.byteLength
  return {
    tensors: memory.numTensors,
    bytes: memory.numBytes,
    device: memory.numBytesInGPUAllocated ?? memory.numBytesAllocatedInGPU ?? heap ?? null,
  }
}

async function measureTimes(network: Network, flat: Float32Array, batch: Batch, repetitions: number): Promise<Times> {
  const computer = createGradientComputer(network)
  computer.loadParameters(flat)
  const parameters = network.tensors.map(({ offset, length, shape }) =>
    tf.tensor(flat.slice(offset, offset + length), [...shape]),
  )
  const rows = { forward: [], backward: [], accumulate: [], readBack: [], partition: [] } as {
    readonly [phase in keyof Times]: number[]
  }
  const warmUps = 3
  for (let i = 0; i < warmUps + repetitions; i++) {
    const forwardMs = await timed(() => {
      tf.tidy(() => {
        const oneHot = oneHotRows(tf.tensor1d(Int32Array.from(batch.labels), 'int32'), network.classes)
        crossEntropySum(forward(network, parameters, batch), oneHot)
      })
      return deviceFinished()
    })
    let gradient = tf.tensor1d([])
    const gradientMs = await timed(() => {
      gradient = tf.tidy(() => flatGradient(network, parameters, batch, 1))
      return deviceFinished()
    })
    let total = gradient
    const accumulateMs = await timed(() => {
      total = tf.add(gradient, gradient)
      return deviceFinished()
    })
    tf.dispose([gradient, total])
    const sum = computer.newSum()
    await sum.add(batch)
    const partitionMs = await timed(() => sum.add(batch))
    const readBackMs = await timed(() => sum.read())
    sum.dispose()
    if (i < warmUps) continue
    rows.forward.push(forwardMs)
    rows.backward.push(gradientMs - forwardMs)
    rows.accumulate.push(accumulateMs)
    rows.readBack.push(readBackMs)
    rows.partition.push(partitionMs)
  }
  tf.dispose(parameters)
  computer.dispose()
  return {
    forward: spreadOf(rows.forward),
    backward: spreadOf(rows.backward),
    accumulate: spreadOf(rows.accumulate),
    readBack: spreadOf(rows.readBack),
    partition: spreadOf(rows.partition),
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
})

/** GFLOP/s of the fastest square product: what this backend can do here, at the same hour as the models. */
export async function measurePeak(): Promise<number> {
  let peak = 0
  for (const extent of [128, 256, 512, 1024, 2048, 4096]) {
    const matrix = tf.randomUniform([extent, extent])
    const flops = 2 * extent ** 3
    const times: number[] = []
    for (let i = 0; i < 6; i++)
      times.push(
        await timed(() => {
          tf.tidy(() => tf.matMul(matrix as tf.Tensor2D, matrix as tf.Tensor2D))
          return deviceFinished()
        }),
      )
    matrix.dispose()
    const best = Math.min(...times.slice(1))
    peak = Math.max(peak, flops / best / 1e6)
    // Eight times as long would the next one take.
    if (best > 40) break
  }
  return peak
}
