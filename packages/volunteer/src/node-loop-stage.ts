// A computing loop on the processor of Node, a small run, and what one process would get: for its tests. Test support.

import { decodeResultFrame, type ResultFrame, type RunDescription } from '@muster/protocol'
import { leaseId, type Work } from '@muster/vocabulary'
import {
  createGradientComputer,
  graphOf,
  initialParameters,
  makeDigits,
  networkOf,
  partitionRange,
  roundSamples,
  type Samples,
  sliceSamples,
  startBackend,
} from '@muster/workloads'
import { type ComputeLoop, type ComputeLoopPorts, createComputeLoop } from './compute-loop.ts'

const digits = makeDigits({ seed: 3, trainCount: 80, testCount: 1 })
const partitions = 4
export const network = networkOf({ kind: 'softmax-regression' }, digits)
export const run: RunDescription = {
  id: 'r',
  title: 'T',
  for: '',
  seed: 5,
  model: 'softmax regression',
  graph: graphOf(network) as RunDescription['graph'],
  parameterCount: 7850,
  dataset: {
    name: 'digits',
    title: 'D',
    inputShape: [28, 28],
    classes: 10,
    trainingSamples: 80,
    partitions: ['0', '1', '2', '3'],
  },
  batchPerPartition: 4,
  optimiser: { kind: 'sgd', learningRate: 0.1 },
  augmentation: null,
  talksToPeers: false,
}
export const parameters = initialParameters(network, 1)
const part = (j: number): Samples => {
  const { from, to } = partitionRange(80, partitions, j)
  return sliceSamples(digits.train, from, to)
}

await startBackend({ prefer: 'cpu' })
export const computer = createGradientComputer(network)

/** What one process would get for these partitions. */
export async function direct(
  round: number,
  order: readonly number[],
  at: Float32Array = parameters,
): Promise<Float32Array> {
  computer.loadParameters(at)
  const sum = computer.newSum()
  for (const j of order) await sum.add(roundSamples({ ...run, inputShape: [28, 28] }, part(j), round, j))
  return (await sum.read()).gradient
}

export interface Stage {
  readonly loop: ComputeLoop
  readonly announced: Parameters<ComputeLoopPorts['announce']>[0][]
  /** Resolves with the next frame that was posted. */
  nextFrame(): Promise<ResultFrame>
  /** Lets each partition's data arrive, one at a time. */
  deliver(): void
}

export function stage(changes: Partial<ComputeLoopPorts> = {}, isGated = false): Stage {
  const announced: Stage['announced'] = []
  const frames: ResultFrame[] = []
  const waiting: ((frame: ResultFrame) => void)[] = []
  const gates: (() => void)[] = []
  const loop = createComputeLoop({
    run,
    computer,
    partitions: {
      get: hash =>
        isGated
          ? new Promise(resolve => gates.push(() => resolve(part(Number(hash)))))
          : Promise.resolve(part(Number(hash))),
    },
    msPerBatch: 1,
    fetchParameters: async () => parameters,
    async postResult(bytes) {
      const frame = decodeResultFrame(bytes) as ResultFrame
      const next = waiting.shift()
      if (next) next(frame)
      else frames.push(frame)
      return true
    },
    announce: message => void announced.push(message),
    share: () => 1,
    onChange: () => {},
    ...changes,
  })
  return {
    loop,
    announced,
    nextFrame: () => {
      const frame = frames.shift()
      return frame ? Promise.resolve(frame) : new Promise(resolve => waiting.push(resolve))
    },
    deliver: () => gates.shift()?.(),
  }
}

export const assign = ({ loop }: Stage, lease: number, work: Work, round = 0) =>
  loop.tell({
    type: 'work-assigned',
    item: { lease: leaseId(lease), round, modelVersion: round, parameters: 'p', rate: 0.5, work },
  })

export const turn = () => new Promise(resolve => setImmediate(resolve))
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn()
}
