// From a run file to a run that can go on: its strategy, its data, its parameters (initial, or from the last whole
// checkpoint), and what was recorded of it.

import { createHash } from 'node:crypto'
import type { Policy } from '@muster/engine'
import { createOptimiser, decodeSafetensors, type OptimiserState, optimiserStateFrom } from '@muster/parameters'
import type { RoundRecord, RunDescription, RunEvent, RunFile } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import { readChoice, resolveStrategy } from '@muster/strategies'
import { type RunId, runId } from '@muster/vocabulary'
import { type Evaluation, encodeSamples, graphOf, type Network, whyNoLayersModel } from '@muster/workloads'
import { textOf } from './chronicle.ts'
import { cutPartitions, type DatasetManifest } from './datasets.ts'
import { describeModel } from './describe-model.ts'
import { prepareRun } from './prepare-run.ts'

export interface OpenedRun {
  readonly id: RunId
  readonly file: RunFile
  /** The run file's, or the one an operator last chose. */
  readonly policy: Policy<unknown>
  readonly description: RunDescription
  readonly network: Network
  /** Whether it can be written in the layers format. */
  readonly isLayersModel: boolean
  readonly classNames: readonly string[]
  readonly columns: DatasetManifest['columns']
  readonly testBlob: string
  readonly parameters: Float32Array
  readonly optimiserState: OptimiserState
  /** Rounds applied so far. */
  readonly round: number
  readonly learningRate: number
  readonly isEnded: boolean
  readonly history: readonly RoundRecord[]
  readonly events: readonly RunEvent[]
  /** What a text model wrote when it was last evaluated. */
  readonly sample: ReturnType<typeof textOf>
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

/** @param name the run file's; files it names are looked for beside it. @throws OperatorError */
export function openRun(storage: Storage, value: unknown, name: string, createdAt: number): OpenedRun {
  const { file, strategy, own, network, manifest, training, test, start } = prepareRun(storage, value, name)
  const id = nameRun(file)
  if (!storage.runs.find(id)) storage.runs.create({ id, title: file.title, file, createdAt })
  const { parameterCount } = network
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
    policy: lastPolicy(events, round) ?? { strategy, own },
    description: {
      id,
      title: file.title,
      for: file.for,
      seed: file.seed,
      model: describeModel(file, network),
      graph: graphOf(network) as RunDescription['graph'],
      parameterCount,
      dataset: {
        name: file.dataset,
        title: manifest.title,
        inputShape: [...network.inputShape],
        classes: manifest.classes,
        trainingSamples: training.count,
        partitions: cutPartitions(storage, training, file.partitions),
      },
      batchPerPartition: file.batchPerPartition,
      optimiser: file.optimiser,
      augmentation: file.augment ?? null,
      talksToPeers: strategy.hearPeer !== undefined,
    },
    network,
    isLayersModel: whyNoLayersModel(network) === null,
    classNames: manifest.classNames,
    columns: manifest.columns,
    // Rows lie there as they are; only windows are cut for the run.
    testBlob: test.kind === 'rows' ? manifest.test : storage.blobs.put(encodeSamples(test)),
    parameters: resumed?.parameters ?? start(),
    optimiserState: resumed?.state ?? optimiser.init(parameterCount),
    round,
    learningRate: rates.length > 0 ? Number(rates.at(-1)!.detail) : file.optimiser.learningRate,
    isEnded: storage.runs.find(id)?.state === 'ended',
    history: readHistory(storage, id, events),
    sample: lastSample(events, manifest.classNames),
    events: events
      .filter(({ kind }) => kind !== 'evaluated')
      .map(({ at, round: from, kind, detail }) => ({ at, round: from, kind, detail: String(detail) })),
  }
}

/** What is recorded was checked when it was asked for; a policy of a later version may be unknown here. */
function lastPolicy(events: ReturnType<Storage['events']['read']>, round: number): Policy<unknown> | undefined {
  const event = events.findLast(({ kind, round: from }) => kind === 'strategy' && from <= round)
  const read = event && readChoice(String(event.detail))
  const resolved = read?.ok ? resolveStrategy(read.choice) : undefined
  return resolved?.ok ? resolved : undefined
}

function lastSample(events: ReturnType<Storage['events']['read']>, classNames: readonly string[]): OpenedRun['sample'] {
  const event = events.findLast(({ kind }) => kind === 'evaluated')
  return event === undefined ? null : textOf(event.detail as Evaluation, event.round + 1, classNames)
}

/** Records are written when a round closes; what its model version scored comes later, as an event. */
function readHistory(storage: Storage, id: RunId, events: ReturnType<Storage['events']['read']>): RoundRecord[] {
  const scores = new Map(
    events.filter(({ kind }) => kind === 'evaluated').map(event => [event.round, event.detail as Evaluation]),
  )
  return storage.rounds.read(id, { limit: 10_000_000 }).map(({ facts }) => {
    // Rounds recorded by an earlier version have none.
    const record: RoundRecord = { ...(facts as RoundRecord), figures: (facts as Partial<RoundRecord>).figures ?? {} }
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

/** What a text model's samples begin with, a new line where the text has any; null: the model reads no text. */
export function promptTokenOf({ network, classNames }: Pick<OpenedRun, 'network' | 'classNames'>): number | null {
  if (network.targets === 1) return null
  return Math.max(0, classNames.indexOf('\n'))
}
