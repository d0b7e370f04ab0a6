// One schema per control message, its type derived from it. Tensors never travel here.

import * as z from 'zod/mini'
import { limits } from './limits.ts'
import { name as id } from './name.ts'

const count = z.int().check(z.gte(0))
const milliseconds = z.number().check(z.gte(0), z.lt(1e12))
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const backend = z.enum(['webgpu', 'webgl', 'wasm', 'cpu'])

// ---- worker -> coordinator

/** Sent in the socket's handshake. */
export const handshake = z.object({ protocolVersion: z.int(), volunteer: id, tab: id })
export type Handshake = z.infer<typeof handshake>

/** Warmed up and ready for work. */
export const ready = z.object({
  backend,
  msPerPartition: milliseconds,
  deviceShare: z.number().check(z.gt(0), z.lte(1)),
})
export type Ready = z.infer<typeof ready>

export const progress = z.object({
  lease: count,
  finished: count,
  computeMs: milliseconds,
  ended: z.boolean(),
  /** Of work in tiles: orders heeded, the list's length, tiles sent, and how long the uplink was busy with them. */
  tiles: z.optional(z.object({ orders: count, length: count, sent: count, uploadMs: milliseconds })),
})
export type Progress = z.infer<typeof progress>

/** The volunteer pauses, or the page is about to go. */
export const leave = z.object({ reason: z.enum(['paused', 'closed']) })
export type Leave = z.infer<typeof leave>

/** Sent by `navigator.sendBeacon` when a page goes: the socket may not outlive it. */
export const departure = z.object({ session: z.string().check(z.maxLength(128)) })
export type Departure = z.infer<typeof departure>

// ---- coordinator -> worker

/** The layers, each after those it reads; what they are is judged by whoever plans the network. */
export const modelGraph = z.array(
  z.object({ name: z.string(), from: z.array(z.int()), layer: z.looseObject({ layer: z.string() }) }),
)

/** All that a worker must know of a run to compute any partition of any round. */
export const runDescription = z.object({
  id,
  title: z.string(),
  for: z.string(),
  seed: z.int(),
  /** In a line. */
  model: z.string(),
  graph: modelGraph,
  parameterCount: count,
  dataset: z.object({
    name: z.string(),
    title: z.string(),
    /** Of one sample, as the model reads it. */
    inputShape: z.array(count),
    classes: count,
    trainingSamples: count,
    /** Content hash of each data partition. */
    partitions: z.array(hash),
  }),
  batchPerPartition: count,
  /** Of the run file: peers step by it on estimates of their own. */
  optimiser: z.looseObject({ kind: z.string(), learningRate: z.number() }),
  augmentation: z.nullable(z.object({ flip: z.boolean(), shift: count })),
  /** Tabs talk to each other; said before anybody begins, since they may then see each other's addresses. */
  talksToPeers: z.boolean(),
})
export type RunDescription = z.infer<typeof runDescription>

/** A server that tells a peer its public address, or forwards what cannot go directly. */
export const iceServer = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
})
export type IceServer = z.infer<typeof iceServer>

export const welcome = z.object({
  session: z.string(),
  worker: id,
  run: runDescription,
  /** For direct links between peers; may be none. */
  iceServers: z.array(iceServer),
})
export type Welcome = z.infer<typeof welcome>

export const work = z.object({
  lease: count,
  round: count,
  modelVersion: count,
  parameters: hash,
  partitions: z.array(count).check(z.maxLength(limits.partitionsMax)),
  levels: z
    .array(z.object({ upTo: count, weights: z.optional(z.array(z.number())) }))
    .check(z.maxLength(limits.levelsMax)),
  upload: z.enum(['when-done', 'on-request', 'in-tiles']),
  beatMs: z.optional(milliseconds.check(z.gte(limits.beatMsMin))),
  local: z.optional(z.object({ steps: count.check(z.gte(1)), momentum: z.number().check(z.gte(0), z.lt(1)) })),
  replica: z.optional(
    z.object({
      id: count,
      steps: count.check(z.gte(1)),
      optimiser: z.object({
        kind: z.enum(['sgd', 'momentum', 'adam', 'adahessian']),
        momentum: z.number().check(z.gte(0), z.lt(1)),
        averaging: z.enum(['convolutions', 'convolutions-and-rows']),
        product: z.enum(['exact', 'central-differences']),
      }),
      pull: z.number().check(z.gte(0), z.lte(1)),
    }),
  ),
  estimate: z.optional(z.object({ generation: count, iteration: count })),
  /** The learning rate of this round, for local steps. */
  rate: z.number().check(z.gte(0)),
})
export type WorkMessage = z.infer<typeof work>

export const request = z.object({ lease: count, covers: count })
export type RequestMessage = z.infer<typeof request>

/** To work in tiles. */
export const order = z.object({
  lease: count,
  order: z.union([
    z.object({ type: z.literal('extend'), partitions: z.array(count).check(z.maxLength(limits.partitionsMax)) }),
    z.object({ type: z.literal('shorten'), to: count }),
    z.object({
      type: z.literal('send-early'),
      upTo: z.array(count).check(z.maxLength(limits.segmentsMax)),
      direction: z.enum(['upward', 'downward']),
    }),
    z.object({
      type: z.literal('send'),
      keep: z.optional(count),
      partitions: z.array(count).check(z.maxLength(limits.partitionsMax)),
      upTo: z.array(count).check(z.maxLength(limits.segmentsMax)),
      direction: z.enum(['upward', 'downward']),
    }),
  ]),
})
export type OrderMessage = z.infer<typeof order>

export const release = z.object({
  lease: count,
  reason: z.enum([
    'round-closed',
    'block-covered',
    'given-to-others',
    'restarted',
    'run-paused',
    'run-ended',
    'lease-expired',
  ]),
})
export type ReleaseMessage = z.infer<typeof release>

const phase = z.enum(['waiting', 'running', 'paused', 'ended'])

/** What a volunteer sees of the run, about once a second. */
export const runProgress = z.object({
  phase,
  round: count,
  roundsEnd: z.nullable(count),
  workers: count,
  loss: z.nullable(z.number()),
  testAccuracy: z.nullable(z.number()),
  /** The last points of the curve, oldest first: [round, training loss, test accuracy or null]. */
  curve: z.array(z.tuple([count, z.number(), z.nullable(z.number())])),
})
export type RunProgress = z.infer<typeof runProgress>

export const refused = z.object({ code: z.string(), message: z.string() })
export type Refused = z.infer<typeof refused>

// ---- coordinator -> dashboard

const figuresByKey = z.record(z.string(), z.number())

const workerRow = z.object({
  worker: id,
  volunteer: id,
  backend,
  state: z.enum(['computing', 'announced', 'idle', 'silent']),
  /** Learnt milliseconds a partition; null for a newcomer. */
  msPerPartition: z.nullable(z.number()),
  joinedAtRound: count,
  results: count,
  /** Partitions of this worker that are in the model. */
  partitions: count,
  straggled: count,
  refused: count,
  heardMsAgo: milliseconds,
  /** By the keys of the strategy's panel. */
  figures: figuresByKey,
})
export type WorkerRow = z.infer<typeof workerRow>

const laneMarksMax = 64

const lane = z.object({
  worker: id,
  fate: z.enum(['answered', 'covered', 'straggled', 'gone', 'working', 'restarted']),
  partitions: count,
  /** Milliseconds after the opening of the round (negative: before it); null while it did not happen. */
  assignedAt: z.number(),
  announcedAt: z.nullable(z.number()),
  answeredAt: z.nullable(z.number()),
  endedAt: z.nullable(z.number()),
  /** Where a list changed hands: how many partitions it had from when on, [milliseconds after the opening, partitions]. */
  held: z.optional(z.array(z.tuple([z.number(), count])).check(z.maxLength(laneMarksMax))),
  /** Of work in tiles: when they came, [milliseconds after the opening, share of the coordinates]. */
  tiles: z.optional(z.array(z.tuple([z.number(), z.number()])).check(z.maxLength(laneMarksMax))),
  /** It does again what somebody else was lost with. */
  isRescue: z.optional(z.boolean()),
})
export type Lane = z.infer<typeof lane>

/** The record of one closed round. */
export const roundRecord = z.object({
  round: count,
  ms: milliseconds,
  workers: count,
  loss: z.number(),
  testLoss: z.nullable(z.number()),
  testAccuracy: z.nullable(z.number()),
  learningRate: z.number(),
  /** Null where no gradient was combined. */
  gradientNorm: z.nullable(z.number()),
  stragglers: count,
  redundancy: z.number(),
  reissued: count,
  /** Partitions computed by all workers over k. */
  load: z.number(),
  results: count,
  bytesIn: count,
  residual: z.number(),
  amplification: z.number(),
  /** By the keys of the strategy's panel. */
  figures: figuresByKey,
  /** By worker and the keys of the panel's `workersOverTime`. */
  workerFigures: z.optional(z.record(z.string(), figuresByKey)),
})
export type RoundRecord = z.infer<typeof roundRecord>

export const runEvent = z.object({ at: z.number(), round: count, kind: z.string(), detail: z.string() })
export type RunEvent = z.infer<typeof runEvent>

const settingValue = z.union([z.number(), z.string(), z.boolean()])

const described = { name: z.string(), meaning: z.string() }
export const settingDescription = z.union([
  z.object({ ...described, default: z.number(), min: z.number(), max: z.number(), whole: z.optional(z.boolean()) }),
  z.object({
    ...described,
    default: z.string(),
    options: z.array(z.object({ value: z.string(), meaning: z.string() })),
  }),
])
export type SettingDescription = z.infer<typeof settingDescription>

const roundPromise = z.enum([
  'whole-gradient',
  'counted-gradients',
  'bounded-staleness',
  'elastic-exchange',
  'mean-of-peers',
])

/** What an operator may choose from, over HTTP. */
export const strategyList = z.array(
  z.object({ ...described, promise: roundPromise, settings: z.array(settingDescription) }),
)
export type StrategyList = z.infer<typeof strategyList>

const panelFigure = z.object({
  key: z.string(),
  title: z.string(),
  meaning: z.string(),
  unit: z.enum(['count', 'share', 'number', 'ms']),
  /** How it is drawn over the rounds; absent: evenly; none: it is told as it is now, and not drawn. */
  scale: z.optional(z.enum(['log', 'none'])),
  /** Shown beside what redundancy costs, as what it saved: a share of a round's work, or of its time. */
  isSaving: z.optional(z.boolean()),
})
export type PanelFigure = z.infer<typeof panelFigure>

/** What a strategy has to show beside what all have, described by itself. */
const panel = z.object({
  title: z.string(),
  meaning: z.string(),
  /** One number a round each, in the round's record. */
  figures: z.array(panelFigure),
  /** How often each whole number from 0 on was seen in the run; the last of `binsMax` bins holds all beyond. */
  histogram: z.nullable(
    z.object({ title: z.string(), meaning: z.string(), of: z.string(), binsMax: count, counts: z.array(count) }),
  ),
  /** One number for each worker, in its row. */
  workers: z.array(panelFigure),
  /** Numbers for each worker in the rounds that have one, in their records. */
  workersOverTime: z.array(panelFigure),
  /** Who talks to whom; null where workers do not talk to each other. */
  graph: z.nullable(
    z.object({
      title: z.string(),
      meaning: z.string(),
      peers: z.array(id),
      edges: z.array(
        z.object({
          one: id,
          other: id,
          /** Of the spanning tree that an epoch covers. */
          isOfTree: z.boolean(),
          link: z.enum(['direct', 'relayed', 'unknown']),
        }),
      ),
      /** The last iterations, oldest first: the places of those of `edges` that were active. */
      iterations: z.array(z.object({ iteration: count, active: z.array(count) })),
    }),
  ),
})
export type Panel = z.infer<typeof panel>
export type PanelGraph = NonNullable<Panel['graph']>

export const snapshot = z.object({
  run: z.object({
    id,
    title: z.string(),
    for: z.string(),
    dataset: z.string(),
    model: z.string(),
    optimiser: z.string(),
    partitions: count,
    batchPerPartition: count,
    parameterCount: count,
    /** Whether TensorFlow.js can load the model as one of layers. */
    layersFormat: z.boolean(),
  }),
  strategy: z.object({
    ...described,
    promise: roundPromise,
    settings: z.record(z.string(), settingValue),
    panel: z.nullable(panel),
  }),
  phase,
  /** Asked for, in force at the next round. */
  pending: z.array(z.string()),
  round: count,
  roundsEnd: z.nullable(count),
  learningRate: z.number(),
  roundsPerMinute: z.number(),
  /** Over all rounds of the run; pages hold only some of a long one. */
  totals: z.object({ stragglers: count, reissued: count, results: count, bytesIn: count }),
  testLoss: z.nullable(z.number()),
  testAccuracy: z.nullable(z.number()),
  /** What a text model writes, as of the last evaluation. */
  sample: z.nullable(z.object({ round: count, text: z.string() })),
  workers: z.array(workerRow),
  /** The last rounds, oldest first. */
  lanes: z.array(z.object({ round: count, ms: milliseconds, workers: z.array(lane) })),
  /** Refused results and messages by code. */
  refused: z.record(z.string(), count),
  events: z.array(runEvent),
})
export type Snapshot = z.infer<typeof snapshot>

// ---- dashboard -> coordinator (HTTP, with the operator's token)

export const command = z.discriminatedUnion('command', [
  z.object({ command: z.literal('pause') }),
  z.object({ command: z.literal('resume') }),
  z.object({ command: z.literal('stop') }),
  z.object({ command: z.literal('set-learning-rate'), learningRate: z.number().check(z.gt(0), z.lte(1000)) }),
  /** The name and its settings; those left out have their defaults. */
  z.object({
    command: z.literal('set-strategy'),
    name: z.string(),
    settings: z.record(z.string(), settingValue),
  }),
])
export type Command = z.infer<typeof command>
