// What follows from a run file and the data folder alone, whoever trains it and how: the coordinator, or one process.

import { limits, type RunFile, readRunFile } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import { resolveStrategy, type SettingValue, type Strategy } from '@muster/strategies'
import {
  initialParameters,
  ModelError,
  type ModelSpec,
  type Network,
  networkOf,
  type Samples,
  windowOf,
} from '@muster/workloads'
import { type DatasetManifest, findDataset, loadContent, pinDataset, testSamples, trainingSamples } from './datasets.ts'
import { inlineModel, keepStart, readStart } from './run-parts.ts'
import { OperatorError } from './settings.ts'
import { whyUnfit } from './strategy-fit.ts'

export interface PreparedRun {
  /** Complete: what it named by file is in it, or kept as a blob. */
  readonly file: RunFile
  readonly strategy: Strategy
  /** The strategy's own settings. */
  readonly own: Readonly<Record<string, SettingValue>>
  readonly manifest: DatasetManifest
  readonly network: Network
  readonly training: Samples
  readonly test: Samples
  /** The parameters before the first round; a run that goes on does not need them. */
  start(): Float32Array
}

/** Checks a parsed run file and its strategy's settings. @throws OperatorError that lists every problem. */
export function checkRunFile(
  value: unknown,
  name: string,
): { file: RunFile; strategy: Strategy; own: Readonly<Record<string, SettingValue>> } {
  const reading = readRunFile(value)
  if (!reading.ok)
    throw new OperatorError([`${name} is not a run that can be started:`, ...reading.problems].join('\n  '))
  const resolved = resolveStrategy(reading.run.strategy)
  if (!resolved.ok)
    throw new OperatorError([`${name} is not a run that can be started:`, ...resolved.problems].join('\n  '))
  return { file: reading.run, strategy: resolved.strategy, own: resolved.own }
}

/** @param name the run file's; files it names are looked for beside it. @throws OperatorError */
export function prepareRun(storage: Storage, value: unknown, name: string): PreparedRun {
  const { file: asWritten, strategy, own } = checkRunFile(value, name)
  const manifest = findDataset(storage, asWritten.dataset)
  const whole = { ...inlineModel(asWritten, name), dataset: pinDataset(storage, asWritten.dataset, manifest) }
  const model = whole.model as ModelSpec
  const network = planModel(model, manifest)
  if (whole.augment !== undefined && ![2, 3].includes(network.inputShape.length))
    throw new OperatorError(`"augment" changes images; a sample of "${asWritten.dataset}" is none.`)
  const unfit = whyUnfit({ strategy, own }, network)
  if (unfit !== null) throw new OperatorError(unfit)
  const file = keepStart(storage, whole, name, network)
  const window = windowOf(model)
  const training = trainingSamples(loadContent(storage, manifest.train), window)
  if (file.partitions > training.count)
    throw new OperatorError(
      `"partitions" is ${file.partitions}; allowed: at most the ${training.count} training samples.`,
    )
  return {
    file,
    strategy,
    own,
    manifest,
    network,
    training,
    test: testSamples(loadContent(storage, manifest.test), window),
    start: () => readStart(storage, file) ?? initialParameters(network, file.seed),
  }
}

function planModel(model: ModelSpec, manifest: DatasetManifest): Network {
  try {
    const network = networkOf(model, manifest)
    if (network.parameterCount > limits.parametersMax)
      throw new ModelError(
        `it has ${network.parameterCount} parameters; a tab is given at most ${limits.parametersMax}`,
      )
    return network
  } catch (error) {
    if (error instanceof ModelError) throw new OperatorError(`"model" does not fit: ${error.message}.`)
    throw error
  }
}
