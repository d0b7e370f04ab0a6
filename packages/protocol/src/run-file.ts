// The run file: what an operator writes. Every field has a sentence; `muster explain` prints them.

import { z } from 'zod'
import { limits } from './limits.ts'
import { modelKinds, modelSchema } from './model-schema.ts'

const positive = z.number().positive().finite()
const learningRate = positive.max(1000).describe('Step size η; the schedule multiplies it.')

const wholeRounds = z.number().int().min(1).max(10_000_000)
const warmUp = wholeRounds
  .optional()
  .describe('w: the first w rounds have 1/w, 2/w, … of the rate. Rounds are counted from the first, warm-up included.')

const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), warmUp }),
  z
    .strictObject({
      kind: z.literal('cosine'),
      rounds: wholeRounds.describe('The rate falls to the floor in half a cosine until this round.'),
      floor: z.number().min(0).max(1).default(0).describe('Share of the rate that is left in the end.'),
      warmUp,
    })
    .superRefine((cosine, context) => {
      const rounds = `less than "rounds", ${cosine.rounds}`
      if (cosine.warmUp !== undefined && cosine.warmUp >= cosine.rounds)
        context.addIssue({ code: 'custom', path: ['warmUp'], message: rounds })
    }),
  z
    .strictObject({
      kind: z.literal('steps'),
      every: wholeRounds.describe('Rounds between two falls of the rate.'),
      factor: z.number().gt(0).max(1).describe('What the rate is multiplied by each time.'),
      warmUp,
    })
    .superRefine((steps, context) => {
      const every = `at most "every", ${steps.every}`
      if (steps.warmUp !== undefined && steps.warmUp > steps.every)
        context.addIssue({ code: 'custom', path: ['warmUp'], message: every })
    }),
])

// Absent is off. These have no defaults: a file's complete form names its run, and old files keep their names.
const common = {
  learningRate,
  clipNorm: positive
    .optional()
    .describe('The mean gradient over all parameters is scaled down to this norm where it is longer.'),
  l2: z
    .number()
    .min(0)
    .optional()
    .describe('λ: adds λ·θ to the gradient, biases included, after clipping. The loss is shown without the penalty.'),
  schedule: schedule
    .optional()
    .describe('How the rate changes: constant, cosine or steps, each with a warm-up if wished.'),
}

const moments = {
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: positive.default(1e-8),
}

const optimiser = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sgd'), ...common }),
  z.strictObject({ kind: z.literal('momentum'), ...common, momentum: z.number().min(0).lt(1).default(0.9) }),
  z.strictObject({ kind: z.literal('adam'), ...common, ...moments }),
  z.strictObject({
    kind: z.literal('adamw'),
    ...common,
    ...moments,
    weightDecay: z
      .number()
      .min(0)
      .default(0.01)
      .describe('λ: each update takes rate·λ·θ off the parameters, biases included, beside Adam’s step.'),
  }),
])

const setting = z.union([z.number(), z.string(), z.boolean()])
const strategy = z.union([z.string(), z.object({ name: z.string() }).catchall(setting)])

export const runFileSchema = z.strictObject({
  title: z.string().min(1).max(limits.titleCharactersMax).describe('What is trained; volunteers read it first.'),
  for: z.string().max(limits.titleCharactersMax).default('').describe('Whom or what it is for.'),
  dataset: z
    .string()
    .regex(/^[\w-]+(@[0-9a-f]{8})?$/)
    .default('digits')
    .describe('A data set by name; `muster data list` shows them.'),
  model: modelSchema.describe(
    'softmax-regression; mlp with hidden widths; stack with layers; transformer for texts; or {"layers": "model.json"}, a file in TensorFlow.js’ layers format.',
  ),
  startFrom: z
    .union([z.string().min(1), z.strictObject({ file: z.string(), hash: z.string() })])
    .optional()
    .describe('Weights to begin with instead of drawn ones: a .safetensors file, or a model.json with its weights.'),
  augment: z
    .strictObject({
      flip: z.boolean().default(false).describe('Mirror images left and right, every second time.'),
      shift: z.number().int().min(0).max(64).default(0).describe('Move images by up to so many pixels each way.'),
    })
    .optional()
    .describe('Changes of training images; test images stay as they are.'),
  loss: z
    .literal('softmax-cross-entropy')
    .default('softmax-cross-entropy')
    .describe('Summed over a round, then divided by its samples.'),
  optimiser: optimiser.describe(
    'sgd, momentum, adam or adamw, with clipNorm, l2 and a schedule if wished; applied at the coordinator.',
  ),
  partitions: z
    .number()
    .int()
    .min(1)
    .max(limits.partitionsMax)
    .default(64)
    .describe('k: pieces a round is cut into. More balance better, fewer suit a GPU.'),
  batchPerPartition: z
    .number()
    .int()
    .min(1)
    .max(limits.batchPerPartitionMax)
    .default(32)
    .describe('Samples of each partition in a round; partitions × this is the batch of an update.'),
  strategy: strategy
    .default('tiled')
    .describe('How stragglers are lived with: a name, or an object with a name and its settings.'),
  leaseMs: z
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(20_000)
    .describe(
      'Milliseconds a worker may hold work without a sign of life before it is given to others, whatever the strategy.',
    ),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe('Initial parameters and every batch follow from it.'),
  evaluateEvery: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(10)
    .describe('Rounds between two evaluations on the test set.'),
  end: z
    .strictObject({
      rounds: z.number().int().min(1).max(10_000_000).optional().describe('Stop after so many rounds.'),
      testAccuracy: z
        .number()
        .gt(0)
        .max(1)
        .optional()
        .describe('Stop when an evaluation reaches this share of the test set.'),
    })
    .default({})
    .describe('When the run ends; empty: when the operator stops it.'),
})

export type RunFile = z.infer<typeof runFileSchema>
export type RunFileInput = z.input<typeof runFileSchema>

export type RunFileReading =
  | { readonly ok: true; readonly run: RunFile }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Checks a parsed run file. Each problem names the field, its value and what is allowed. */
export function readRunFile(value: unknown): RunFileReading {
  const reading = runFileSchema.safeParse(value)
  if (reading.success) return { ok: true, run: reading.data }
  return { ok: false, problems: reading.error.issues.flatMap(issue => describeIssue(issue, value)) }
}

function describeIssue(issue: z.core.$ZodIssue, file: unknown): string[] {
  const field = issue.path.length === 0 ? 'the file' : `"${issue.path.join('.')}"`
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    file,
  )
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      key => `${issue.path.length === 0 ? '' : `${field}: `}"${key}" is not a field that is known here.`,
    )
  }
  if (issue.path.at(-1) === 'layer' && value === 'batch-normalization')
    return [
      `${field} is "batch-normalization"; its statistics are those of whoever computes a batch, so replicas would differ: use "layer-normalization".`,
    ]
  if (value === undefined) return [`${field} is missing: ${allowed(issue)}.`]
  return [`${field} is ${JSON.stringify(value)}; allowed: ${allowed(issue)}.`]
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : `a value of type ${issue.expected}`
    case 'invalid_value':
      return issue.values.map(value => JSON.stringify(value)).join(', ')
    case 'invalid_union':
      return unionOptions(issue)
    case 'invalid_format':
      return 'letters, digits, "-" and "_"'
    default:
      return issue.message
  }
}

function unionOptions(issue: z.core.$ZodIssueInvalidUnion): string {
  const isModel = issue.path[0] === 'model'
  const last = String(issue.path.at(-1) ?? '')
  if (last === 'kind' && isModel) return `${quoted(modelKinds)}, or a file as {"layers": "model.json"}`
  const options = (issue as { options?: readonly unknown[] }).options
  if (options !== undefined && options.length > 0) return quoted(options)
  if (isModel) return 'a whole positive number, or two of them in brackets'
  if (last === 'startFrom') return 'the name of a file'
  return 'a strategy name, or an object with "name" and plain settings'
}

const quoted = (names: readonly unknown[]): string => names.map(name => JSON.stringify(name)).join(', ')
