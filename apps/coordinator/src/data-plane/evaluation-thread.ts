// The entry of the worker thread that evaluates model versions on WebAssembly.

import { parentPort, workerData } from 'node:worker_threads'
import { createGradientComputer, decodeCutSamples, evaluate, sampleTokens, startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import type { EvaluationStart } from './evaluation.ts'

const tokensShown = 160

const { network, test, promptToken } = workerData as EvaluationStart
const samples = decodeCutSamples(test)
useInstalledWasm()
const ready = startBackend({ prefer: 'wasm' }).then(() => createGradientComputer(network))

parentPort?.on('message', async (parameters: Float32Array) => {
  try {
    const computer = await ready
    computer.loadParameters(parameters)
    const evaluation = await evaluate(computer, samples)
    if (promptToken === null) return parentPort?.postMessage(evaluation)
    const sample = await sampleTokens(computer, [promptToken], tokensShown)
    parentPort?.postMessage({ ...evaluation, sample })
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) })
  }
})
