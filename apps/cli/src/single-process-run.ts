// The same run in one process: every round's direct sum over all partitions, no network, no codes. What coded
// training is compared with.

import type { PreparedRun } from '@muster/coordinator'
import { createOptimiser, type OptimiserState, updateModel } from '@muster/parameters'
import {
  createGradientComputer,
  type Evaluation,
  evaluate,
  type GradientComputer,
  partitionRange,
  roundSamples,
  sliceSamples,
  startBackend,
} from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'

export interface DirectGradient {
  readonly gradient: Float32Array
  readonly lossSum: number
  readonly samples: number
}

export interface SingleProcessRun {
  readonly computer: GradientComputer
  start(): { parameters: Float32Array; state: OptimiserState }
  /** Σ over all partitions' batches of a round at these parameters. */
  directGradient(parameters: Float32Array, round: number): Promise<DirectGradient>
  /** One update, as the coordinator would apply it. */
  advance(
    model: { parameters: Float32Array; state: OptimiserState },
    round: number,
    learningRate: number,
  ): Promise<{ parameters: Float32Array; state: OptimiserState; loss: number }>
  evaluate(parameters: Float32Array): Promise<Evaluation>
}

export async function createSingleProcessRun(run: PreparedRun): Promise<SingleProcessRun> {
  useInstalledWasm()
  await startBackend({ prefer: 'wasm' })
  const { file, network, training, test } = run
  const parameters = run.start()
  const computer = createGradientComputer(network)
  const settings = { ...file, inputShape: network.inputShape, augmentation: file.augment ?? null }
  const optimiser = createOptimiser(file.optimiser)
  const parts = Array.from({ length: file.partitions }, (_, j) => {
    const { from, to } = partitionRange(training.count, file.partitions, j)
    return sliceSamples(training, from, to)
  })

  async function directGradient(parameters: Float32Array, round: number): Promise<DirectGradient> {
    computer.loadParameters(parameters)
    const sum = computer.newSum()
    try {
      for (const [j, part] of parts.entries()) await sum.add(roundSamples(settings, part, round, j))
      return await sum.read()
    } finally {
      sum.dispose()
    }
  }

  return {
    computer,
    directGradient,
    start() {
      return { parameters, state: optimiser.init(parameters.length) }
    },
    async advance({ parameters, state }, round, learningRate) {
      const { gradient, lossSum, samples } = await directGradient(parameters, round)
      const terms = [{ vector: gradient, weight: 1 }]
      const updated = updateModel({ parameters, optimiser, state, terms, sampleCount: samples, learningRate })
      return { parameters: updated.parameters, state: updated.state, loss: lossSum / samples }
    },
    async evaluate(parameters) {
      computer.loadParameters(parameters)
      return evaluate(computer, test)
    },
  }
}
