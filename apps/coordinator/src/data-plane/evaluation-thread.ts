// The entry of the worker thread that evaluates model versions on WebAssembly.

import { parentPort, workerData } from 'node:worker_threads'
import { createGradientComputer, decodeSamples, evaluate, startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import type { EvaluationStart } from './evaluation.ts'

const { model, inputSize, classes, test } = workerData as EvaluationStart
const samples = decodeSamples(test)
useInstalledWasm()
const ready = startBackend({ prefer: 'wasm' }).then(() => createGradientComputer(model, inputSize, classes))

parentPort?.on('message', async (parameters: Float32Array) => {
  try {
    const computer = await ready
    computer.loadParameters(parameters)
    parentPort?.postMessage(await evaluate(computer, samples))
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) })
  }
})
