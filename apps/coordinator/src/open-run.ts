// From a run file to a run that can go on: its strategy, its data, its parameters (initial, or from the last whole
// checkpoint), and what was recorded of it.

import { createHash } from 'node:crypto'
import { createOptimiser, decodeSafetensors, type OptimiserState, optimiserStateFrom } from '@muster/parameters'
import { type RoundRecord, type RunDescription, type RunEvent, type RunFile, readRunFile } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import { resolveStrategy, type SettingValue, type Strategy } from '@muster/strategies'
import { type RunId, runId } from '@muster/vocabulary'
import {
  decodeSamples,
  type Evaluation,
  initialParameters,
  inputSizeOf,
  type ModelSpec,
  modelLayout,
} from '@muster/workloads'
import { cutPartitions, findDataset } from './datasets.ts'
import { OperatorError } from './settings.ts'

export interface OpenedRun {
  readonly id: RunId
  readonly file: RunFile
  readonly strategy: Strategy
  readonly strategySettings: Readonly<Record<string, SettingValue>>
  readonly description: RunDescription
  readonly testBlob: string
  readonly parameters: Float32Array
  readonly optimiserState: OptimiserState
  /** Rounds applied so far. */
  readonly round: number
  readonly learningRate: number
  readonly isEnded: boolean
  readonly history: readonly RoundRecord[]
  readonly events: readonly RunEvent[]
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

/** The same file in the same data folder is the same run: it is continued. */
export function nameRun(file: RunFile): RunId {
  const slug = file.title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
  const digest = createHash('sha256').update(JSON.stringify(file)).digest('hex').slice(0, 8)
  return runId(`${slug || 'run'}-${digest}`)
}

export function openRun(storage: Storage, value: unknown, name: string, createdAt: number): OpenedRun {
  const { file, strategy, own } = checkRunFile(value, name)
  const manifest = findDataset(storage, file.dataset)
  const id = nameRun(file)
  if (!storage.runs.find(id)) storage.runs.create({ id, title: file.title, file, createdAt })
  const model = file.model as ModelSpec
  const inputSize = inputSizeOf(manifest.inputShape)
  const { parameterCount } = modelLayout(model, inputSize, manifest.classes)
  const optimiser = createOptimiser(file.optimiser)

  const isWhole = (bytes: Uint8Array) => {
    try {
      return readCheckpoint(bytes).parameters.length === parameterCount
    } catch {
      return false
    }
  }
  const checkpoint = storage.checkpoints.latest(id, isWhole)
  const resumed = checkpoint && readCheckpoint(checkpoint.bytes)
  // Round r's record belongs to the checkpoint after it, which counts r + 1 applied rounds.
  const round = checkpoint?.round ?? 0
  storage.rounds.deleteAfter(id, round - 1)
  const events = storage.events.read(id, { limit: 1_000_000 })
  const rates = events.filter(event => event.kind === 'learning-rate' && event.round <= round)

  return {
    id,
    file,
    strategy,
    strategySettings: own,
    description: {
      id,
      title: file.title,
      for: file.for,
      seed: file.seed,
      model: file.model,
      parameterCount,
      dataset: {
        name: file.dataset,
        title: manifest.title,
        inputShape: [...manifest.inputShape],
        classes: manifest.classes,
        trainingSamples: manifest.trainingSamples,
        partitions: cutPartitions(storage, manifest, file.partitions, decodeSamples),
      },
      batchPerPartition: file.batchPerPartition,
    },
    testBlob: manifest.test,
    parameters: resumed?.parameters ?? initialParameters(model, inputSize, manifest.classes, file.seed),
    optimiserState: resumed?.state ?? optimiser.init(parameterCount),
    round,
    learningRate: rates.length > 0 ? Number(rates.at(-1)!.detail) : file.optimiser.learningRate,
    isEnded: storage.runs.find(id)?.state === 'ended',
    history: readHistory(storage, id, events),
    events: events
      .filter(({ kind }) => kind !== 'evaluated')
      .map(({ at, round: from, kind, detail }) => ({ at, round: from, kind, detail: String(detail) })),
  }
}

/** Records are written when a round closes; what its model version scored comes later, as an event. */
function readHistory(storage: Storage, id: RunId, events: ReturnType<Storage['events']['read']>): RoundRecord[] {
  const scores = new Map(
    events.filter(({ kind }) => kind === 'evaluated').map(event => [event.round, event.detail as Evaluation]),
  )
  return storage.rounds.read(id, { limit: 10_000_000 }).map(({ facts }) => {
    const record = facts as RoundRecord
    const score = scores.get(record.round)
    return score ? { ...record, testLoss: score.loss, testAccuracy: score.accuracy } : record
  })
}

function readCheckpoint(bytes: Uint8Array): { parameters: Float32Array; state: OptimiserState } {
  const { tensors } = decodeSafetensors(bytes)
  const parameters = tensors.find(tensor => tensor.name === 'parameters')?.data
  if (!(parameters instanceof Float32Array)) throw new Error('the checkpoint holds no parameters')
  return { parameters, state: optimiserStateFrom(tensors) }
}
