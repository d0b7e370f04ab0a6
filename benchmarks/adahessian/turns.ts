// Gradient alone and gradient with H z on WebAssembly, in turns, so that what else the machine does meets both alike.

import { type Network, rademacher, startBackend } from '@muster/workloads'
import { checkBatch, checkParameters } from '@muster/workloads/checks'
import { useInstalledWasm } from '@muster/workloads/node'
import * as tf from '@tensorflow/tfjs'
// biome-ignore-start lint/style/noRestrictedImports: inner parts that nobody but a measurement calls by themselves
import { hessianVectorProduct } from '../../packages/workloads/src/curvature/hessian-vector-product.ts'
import { flatGradient } from '../../packages/workloads/src/network/gradient.ts'
// biome-ignore-end lint/style/noRestrictedImports: as above
import { type CurvatureModel, networkOfCurvatureModel } from './models.ts'

/** Milliseconds of processor time for one batch. */
export interface Turn {
  readonly gradient: number
  readonly both: number
}

/** One reading of the clock covers so many milliseconds at least. */
const readingMs = 60

export async function takeTurns(model: CurvatureModel, count: number): Promise<Turn[]> {
  useInstalledWasm()
  const { name } = await startBackend({ prefer: 'wasm' })
  if (name !== 'wasm') throw new Error('WebAssembly does not start here')
  const network = networkOfCurvatureModel(model)
  const { gradient, both, close } = passesOf(network, model)
  const repetitions = Math.max(1, Math.ceil(readingMs / perCall(gradient, 10)))
  perCall(both, repetitions)
  const turns = Array.from({ length: count }, (_, turn): Turn => {
    // Who comes first changes from turn to turn.
    if (turn % 2 === 0) return { gradient: perCall(gradient, repetitions), both: perCall(both, repetitions) }
    const later = perCall(both, repetitions)
    return { gradient: perCall(gradient, repetitions), both: later }
  })
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
  return {
    gradient: () => tf.dispose(tf.tidy(() => flatGradient(network, parameters, batch, 1))),
    both: () => tf.dispose(tf.tidy(() => hessianVectorProduct(network, parameters, batch, z))),
    close: () => tf.dispose([...parameters, z]),
  }
}

/** On WebAssembly a kernel has computed when it returns. */
function perCall(pass: () => void, repetitions: number): number {
  const before = process.cpuUsage()
  for (let i = 0; i < repetitions; i++) pass()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / repetitions
}
