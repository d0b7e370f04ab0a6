// Runs the exported checks of the compute backends in a browser. The story calls `runChecks` and judges the figures.

import { decodeSafetensors } from '@muster/parameters'
import { createGradientComputer, flatWeights, planNetwork, readLayersModel, startBackend } from '@muster/workloads'
import {
  checkCases,
  compareWithPlain,
  countRangeDifferences,
  countReadBacks,
  type GrowthFigures,
  measureGrowth,
  type OracleFigures,
} from '@muster/workloads/checks'
import {
  compareDifferencesWithPlain,
  compareGradients,
  compareWithPlainHessian,
  curvatureCases,
  measureCurvatureGrowth,
  smoothCases,
} from '@muster/workloads/curvature-checks'
import {
  compareReplicaPieces,
  compareReplicaWithPlain,
  countReplicaReadBacks,
  displacementErrorMax,
  measureReplicaGrowth,
  type ReplicaFigures,
  replicaCases,
  replicaOptimisers,
} from '@muster/workloads/replica-checks'
import {
  comparePieces,
  compareWalkWithPlain,
  countWalkReadBacks,
  measureWalkGrowth,
  pieceCases,
  walkCases,
} from '@muster/workloads/walk-checks'
import * as tf from '@tensorflow/tfjs'

type BackendName = Awaited<ReturnType<typeof startBackend>>['name']

export interface CheckReport {
  /** What runs: another than was asked for where that one does not start here. */
  readonly backend: BackendName
  readonly notes: readonly string[]
  readonly cases: readonly (OracleFigures & { readonly title: string })[]
  readonly readBacks: number
  readonly growth: GrowthFigures
  /** Numbers of ranges of sums that are not the sums' own; absent where none are taken. */
  readonly rangeDifferences?: number
}

export type RunChecks = (prefer: BackendName, growthRounds: number) => Promise<CheckReport>

const runChecks: RunChecks = async (prefer, growthRounds) => {
  const { name, notes } = await startBackend({ prefer, wasmPath: '/wasm/' })
  const cases = []
  for (const given of checkCases) {
    try {
      cases.push({ title: given.title, ...(await compareWithPlain(given)) })
    } catch (error) {
      throw new Error(`${given.title}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const small = checkCases.at(-1)!
  let rangeDifferences = 0
  for (const given of checkCases.slice(0, 6)) rangeDifferences += await countRangeDifferences(given)
  return {
    backend: name,
    notes: notes.map(note => note.whyNot),
    cases,
    readBacks: await countReadBacks(checkCases[1]!),
    growth: await measureGrowth(small, growthRounds),
    rangeDifferences,
  }
}

/** Local steps, and a batch in pieces. */
export type RunWalkChecks = (prefer: BackendName) => Promise<CheckReport>

const runWalkChecks: RunWalkChecks = async prefer => {
  const { name, notes } = await startBackend({ prefer, wasmPath: '/wasm/' })
  const cases = []
  for (const given of walkCases)
    for (const momentum of [0, 0.9])
      cases.push({ title: `${given.title}, momentum ${momentum}`, ...(await compareWalkWithPlain(given, momentum)) })
  // Random layers are what pieces might get wrong; the other kinds take minutes on software cards.
  for (const given of pieceCases.filter(({ title }) => title === 'dropout')) {
    const { ofSum, ofWalk, lossError } = await comparePieces(given)
    cases.push({ title: `${given.title}, in pieces`, gradientError: Math.max(ofSum, ofWalk), lossError })
  }
  return {
    backend: name,
    notes: notes.map(note => note.whyNot),
    cases,
    readBacks: await countWalkReadBacks(walkCases[0]!),
    growth: await measureWalkGrowth(walkCases[0]!, 3),
  }
}

/** Nothing is read back by itself: a product stays on the device. */
export interface CurvatureReport extends Omit<CheckReport, 'cases' | 'readBacks'> {
  readonly cases: readonly {
    readonly title: string
    readonly productError: number
    readonly gradientError: number
    /** Of differences of gradients; null where the network is not smooth. */
    readonly differenceError: number | null
  }[]
}

export type RunCurvatureChecks = (prefer: BackendName) => Promise<CurvatureReport>

const runCurvatureChecks: RunCurvatureChecks = async prefer => {
  const { name, notes } = await startBackend({ prefer, wasmPath: '/wasm/' })
  const cases = []
  for (const given of curvatureCases) {
    const { productError } = await compareWithPlainHessian(given)
    cases.push({
      title: given.title,
      productError,
      gradientError: await compareGradients(given),
      differenceError: smoothCases.includes(given) ? (await compareDifferencesWithPlain(given)).productError : null,
    })
  }
  return {
    backend: name,
    notes: notes.map(note => note.whyNot),
    cases,
    growth: await measureCurvatureGrowth(curvatureCases[1]!, 3),
  }
}

export interface ReplicaReport extends Omit<CheckReport, 'cases'> {
  readonly cases: readonly {
    readonly title: string
    /** Of the way gone, and of the loss; `errorMax` is what single precision leaves of both. */
    readonly error: number
    readonly errorMax: number
  }[]
}

export type RunReplicaChecks = (prefer: BackendName) => Promise<ReplicaReport>

const runReplicaChecks: RunReplicaChecks = async prefer => {
  const { name, notes } = await startBackend({ prefer, wasmPath: '/wasm/' })
  const adaHessian = replicaOptimisers.find(({ optimiser }) => optimiser.kind === 'adahessian')!
  const cases: ReplicaReport['cases'][number][] = []
  const judge = (title: string, by: typeof adaHessian, { displacementError, lossError }: ReplicaFigures) =>
    cases.push({ title, error: Math.max(displacementError, lossError), errorMax: displacementErrorMax(by) })
  for (const given of replicaCases)
    for (const by of replicaOptimisers)
      judge(`${given.title}, ${by.title}`, by, await compareReplicaWithPlain(given, by))
  // As above: the random layers, and the optimiser that sums more than gradients.
  for (const given of replicaCases.filter(({ title }) => title.includes('dropout')))
    judge(`${given.title}, ${adaHessian.title}, in pieces`, adaHessian, await compareReplicaPieces(given, adaHessian))
  return {
    backend: name,
    notes: notes.map(note => note.whyNot),
    cases,
    readBacks: await countReplicaReadBacks(replicaCases[0]!, adaHessian),
    growth: await measureReplicaGrowth(replicaCases[0]!, adaHessian, 3),
  }
}

export interface ToPredict {
  readonly model: { readonly weightsManifest: readonly { readonly paths: string[]; readonly weights: object[] }[] }
  readonly weights: readonly number[]
  readonly safetensors: readonly number[]
  /** As many samples as there are. */
  readonly inputs: readonly number[]
}

export type Predict = (given: ToPredict) => Promise<{ byLayers: number[]; byMuster: number[] }>

/** What an exported model says in TensorFlow.js, and what the same run's safetensors say here: probabilities. */
const predict: Predict = async ({ model, weights, safetensors, inputs }) => {
  await startBackend({ prefer: 'cpu' })
  const { modelTopology, weightsManifest } = model as unknown as {
    modelTopology: object
    weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[]
  }
  const weightSpecs = weightsManifest.flatMap(group => group.weights)
  const loaded = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs, weightData: Uint8Array.from(weights).buffer }),
  )
  const { nodes, inputShape, classes } = readLayersModel(model, 'model.json')
  const network = planNetwork(nodes, inputShape, classes)
  const size = inputs.length / network.inputSize
  const told = loaded.predict(tf.tensor([...inputs], [size, ...inputShape])) as tf.Tensor
  const byLayers = [...(await told.data())]
  const { tensors } = decodeSafetensors(Uint8Array.from(safetensors))
  const computer = createGradientComputer(network)
  computer.loadParameters(flatWeights(network, tensors, 'safetensors'))
  const labels = new Uint16Array(size)
  const logits = await computer.logits({ size, inputs: Float32Array.from(inputs), labels })
  return { byLayers, byMuster: [...(await tf.softmax(tf.tensor2d(logits, [size, classes])).data())] }
}

Object.assign(globalThis, { runChecks, runWalkChecks, runCurvatureChecks, runReplicaChecks, predict })
