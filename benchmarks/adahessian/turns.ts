// A gradient alone, a gradient with H z, and whole steps of a replica on WebAssembly, in turns, so that what else the
// machine does meets all alike.

import { createGradientComputer, type Network, type Replica, rademacher, startBackend } from '@muster/workloads'
import { checkBatch, checkParameters } from '@muster/workloads/checks'
import { flatGradient } from '@muster/workloads/flat-gradient'
import { hessianVectorProduct } from '@muster/workloads/hessian-vector-product'
import { useInstalledWasm } from '@muster/workloads/node'
import * as tf from '@tensorflow/tfjs'
import { type CurvatureModel, networkOfCurvatureModel } from './models.ts'

/** Milliseconds of processor time for one batch. */
export interface Turn {
  readonly gradient: number
  readonly both: number
  /** A step by AdaHessian: g and H z, the direction drawn, the averaging, the moments. */
  readonly step: number
  /** A plain step, for comparison. */
  readonly plainStep: number
}

/** One reading of the clock covers so many milliseconds at least. */
const readingMs = 60

export async function takeTurns(model: CurvatureModel, count: number): Promise<Turn[]> {
  useInstalledWasm()
  const { name } = await startBackend({ prefer: 'wasm' })
  if (name !== 'wasm') throw new Error('WebAssembly does not start here')
  const network = networkOfCurvatureModel(model)
  const { close, ...passes } = passesOf(network, model)
  const names = Object.keys(passes) as (keyof typeof passes)[]
  const repetitions = Math.max(1, Math.ceil(readingMs / (await perCall(passes.gradient, 10))))
  for (const name of names) await perCall(passes[name], repetitions)
  const turns: Turn[] = []
  for (let turn = 0; turn < count; turn++) {
    // Who comes first changes from turn to turn.
    const order = turn % 2 === 0 ? names : [...names].reverse()
    const taken: [string, number][] = []
    for (const name of order) taken.push([name, await perCall(passes[name], repetitions)])
    turns.push(Object.fromEntries(taken) as unknown as Turn)
  }
  close()
  return turns
}

function passesOf(network: Network, { name, batchSize }: CurvatureModel) {
  const given = { title: name, network, batchSize }
  const flat = checkParameters(given)
  const batch = checkBatch(given)
  const parameters = network.tensors.map(({ offset, length, shape }) =>
    tf.tensor(flat.slice(offset, offset + length), [...shape]),
  )
  const z = tf.tensor1d(rademacher(network.parameterCount, 1, 0, 0))
  const computer = createGradientComputer(network)
  computer.loadParameters(flat)
  const usual = { momentum: 0, averaging: 'convolutions-and-rows', product: 'exact' } as const
  const [step, plainStep] = (['adahessian', 'sgd'] as const).map(kind => {
    const replica = computer.newReplica({ ...usual, kind })
    const probe = { seed: 1, round: 0, draw: 0 }
    replica.begin({ rate: 1e-6, pull: 0, samplesPerStep: batchSize, probe })
    return replica
  }) as [Replica, Replica]
  return {
    gradient: () => tf.dispose(tf.tidy(() => flatGradient(network, parameters, batch, 1))),
    both: () => tf.dispose(tf.tidy(() => hessianVectorProduct(network, parameters, batch, z))),
    step: () => step.add(batch),
    plainStep: () => plainStep.add(batch),
    close() {
      tf.dispose([...parameters, z])
      step.dispose()
      plainStep.dispose()
      computer.dispose()
    },
  }
}

/** On WebAssembly a kernel has computed when it returns. */
async function perCall(pass: () => unknown, repetitions: number): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < repetitions; i++) await pass()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / repetitions
}
