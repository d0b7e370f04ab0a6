// What every compute backend must show of local steps and of batches in pieces, as functions that return figures: for
// the behaviour suite in Node, and for a page in a browser.

import { pieceOf } from './batch-pieces.ts'
import type { GradientComputer, GradientReading, WalkSettings } from './gradient-computer.ts'
import {
  type CheckCase,
  checkBatch,
  checkCases,
  checkParameters,
  type GrowthFigures,
  growthOver,
  type OracleFigures,
  readBacksOf,
  relativeDistance,
} from './gradient-computer-checks.ts'
import { networkOf } from './model.ts'
import { differenceQuotient, plainLoss } from './plain-loss.ts'
import type { Batch } from './samples.ts'
import { createGradientComputer } from './tensorflow-computer.ts'

/** Small enough for differences in every coordinate. */
export const smoothPerceptron: CheckCase = {
  title: 'MLP 12-9-7-5 gelu',
  network: networkOf({ kind: 'mlp', hidden: [9, 7], activation: 'gelu' }, { inputShape: [12], classes: 5 }),
  batchSize: 5,
}

/** As small, with and without random layers. */
export const walkCases: readonly CheckCase[] = [
  smoothPerceptron,
  ...checkCases.filter(({ title }) => title.startsWith('MLP 5-3-2') || title === 'dropout'),
]

/** Of each kind that cuts differently: rows, images, random layers, a text. */
export const pieceCases: readonly CheckCase[] = checkCases.filter(({ title }) =>
  /^(MLP 36.* gelu|convolutions 3|dropout|transformer)/.test(title),
)

const stepsRead = [1, 2, 4]
export const batchesPerStep = 2

/** Large enough that the later steps' gradients are others than the first's. */
const walkOf = ({ batchSize }: CheckCase, momentum: number): WalkSettings => ({
  samplesPerStep: batchesPerStep * batchSize,
  rate: 0.2,
  momentum,
})

/** One walk, read after 1, 2 and 4 steps of two batches each, against the same in float64: the worst of each figure. */
export async function compareWalkWithPlain(given: CheckCase, momentum: number): Promise<OracleFigures> {
  const settings = walkOf(given, momentum)
  const expected = plainWalk(given, settings)
  const computer = loaded(given)
  const walk = computer.newWalk(settings)
  const figures: OracleFigures[] = []
  for (const [u, { gradient, lossSum }] of expected.entries()) {
    for (const batch of batchesOfStep(given, u)) await walk.add(batch)
    if (!stepsRead.includes(u + 1)) continue
    const reading = await walk.read()
    figures.push({
      gradientError: relativeDistance(reading.gradient, gradient),
      lossError: Math.abs(reading.lossSum - lossSum) / Math.abs(lossSum),
    })
  }
  walk.dispose()
  computer.dispose()
  return {
    gradientError: Math.max(...figures.map(figure => figure.gradientError)),
    lossError: Math.max(...figures.map(figure => figure.lossError)),
  }
}

/** S and Σ ℓ after each step. */
function plainWalk(
  given: CheckCase,
  { samplesPerStep, rate, momentum }: WalkSettings,
): { gradient: Float64Array; lossSum: number }[] {
  const { network } = given
  const start = Float64Array.from(checkParameters(given))
  const velocity = new Float64Array(start.length)
  const total = new Float64Array(start.length)
  let lossSum = 0
  return Array.from({ length: Math.max(...stepsRead) }, (_, u) => {
    const place = start.map((value, i) => value - (rate / samplesPerStep) * total[i]!)
    const batches = batchesOfStep(given, u)
    for (let i = 0; i < start.length; i++) {
      velocity[i]! *= momentum
      for (const batch of batches) velocity[i]! += differenceQuotient(network, place, batch, i)
      total[i]! += velocity[i]!
    }
    for (const batch of batches) lossSum += plainLoss(network, place, batch)
    return { gradient: total.slice(), lossSum }
  })
}

export const batchesOfStep = (given: CheckCase, u: number): Batch[] =>
  Array.from({ length: batchesPerStep }, (_, i) => checkBatch(given, batchesPerStep * u + i))

/** What a walk of one step and a sum give of the same batches: they must not differ in a bit. */
export async function walkBesideSum(given: CheckCase): Promise<{ walked: GradientReading; summed: GradientReading }> {
  const computer = loaded(given)
  const walk = computer.newWalk(walkOf(given, 0.9))
  const sum = computer.newSum()
  for (const batch of batchesOfStep(given, 0)) {
    await walk.add(batch)
    await sum.add(batch)
  }
  const readings = { walked: await walk.read(), summed: await sum.read() }
  walk.dispose()
  sum.dispose()
  computer.dispose()
  return readings
}

export interface PieceFigures {
  /** ‖pieces − whole‖ / ‖whole‖ of a sum's gradient, and of a walk's over two steps. */
  readonly ofSum: number
  readonly ofWalk: number
  readonly lossError: number
}

/** Pieces of two samples, the last of one where the batch is odd, against whole batches. */
export async function comparePieces(given: CheckCase): Promise<PieceFigures> {
  const computer = loaded(given)
  const taken = async (adder: ReturnType<GradientComputer['newSum' | 'newWalk']>, batches: readonly Batch[]) => {
    for (const batch of batches) await adder.add(batch)
    const reading = await adder.read()
    adder.dispose()
    return reading
  }
  const wholes = [...batchesOfStep(given, 0), ...batchesOfStep(given, 1)]
  const pieces = wholes.flatMap(batch => inPieces(batch, 2))
  const sums = [await taken(computer.newSum(), wholes), await taken(computer.newSum(), pieces)] as const
  const walk = () => computer.newWalk(walkOf(given, 0.9))
  const walks = [await taken(walk(), wholes), await taken(walk(), pieces)] as const
  computer.dispose()
  return {
    ofSum: relativeDistance(sums[1].gradient, sums[0].gradient),
    ofWalk: relativeDistance(walks[1].gradient, walks[0].gradient),
    lossError: Math.max(...[sums, walks].map(([whole, cut]) => Math.abs(cut.lossSum - whole.lossSum) / whole.lossSum)),
  }
}

export const inPieces = (batch: Batch, size: number): Batch[] =>
  Array.from({ length: Math.ceil(batch.size / size) }, (_, i) =>
    pieceOf(batch, i * size, Math.min(batch.size, (i + 1) * size)),
  )

/** With walks read, walks left in mid-step, and walks whose parameters are gone. */
export async function measureWalkGrowth(given: CheckCase, rounds: number): Promise<GrowthFigures> {
  const computer = loaded(given)
  const parameters = checkParameters(given)
  const batch = checkBatch(given)
  const growth = await growthOver(rounds, async () => {
    const [read, left] = [computer.newWalk(walkOf(given, 0.9)), computer.newWalk(walkOf(given, 0))]
    for (let i = 0; i < 2 * batchesPerStep + 1; i++) await left.add(batch)
    for (let i = 0; i < 3 * batchesPerStep; i++) await read.add(batch)
    await read.read()
    computer.loadParameters(parameters)
    await read.read()
    read.dispose()
    left.dispose()
  })
  computer.dispose()
  return growth
}

/** How often `read` of a walk of several steps fetches from the device. */
export async function countWalkReadBacks(given: CheckCase): Promise<number> {
  const computer = loaded(given)
  const walk = computer.newWalk(walkOf(given, 0.9))
  for (let number = 0; number < 2 * batchesPerStep; number++) await walk.add(checkBatch(given, number))
  const count = await readBacksOf(() => walk.read())
  walk.dispose()
  computer.dispose()
  return count
}

/** A computer of its network, with its parameters. */
export function loaded(given: CheckCase): GradientComputer {
  const computer = createGradientComputer(given.network)
  computer.loadParameters(checkParameters(given))
  return computer
}
