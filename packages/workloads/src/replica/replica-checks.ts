// What every compute backend must show of a worker's own parameters, as functions that return figures: for the behaviour
// suite in Node, and for a page in a browser.

import type { LocalOptimiser } from '@muster/vocabulary'
import { rademacher } from '../curvature/hutchinson.ts'
import { plainHessianProduct } from '../curvature/plain-curvature.ts'
import { spatialAverage } from '../curvature/spatial-average.ts'
import type { ReplicaLease } from '../gradient-computer.ts'
import {
  type CheckCase,
  checkBatch,
  checkCases,
  checkParameters,
  type GrowthFigures,
  growthOver,
  readBacksOf,
  relativeDistance,
} from '../gradient-computer-checks.ts'
import { batchesOfStep, batchesPerStep, inPieces, loaded, smoothPerceptron } from '../local-walk-checks.ts'
import { networkOf } from '../model.ts'
import { differenceQuotient, plainLoss } from '../plain-loss.ts'
import type { Batch } from '../samples.ts'

/** Smooth, so that every optimiser can be asked of them, and small enough for differences in every coordinate. */
export const replicaCases: readonly CheckCase[] = [
  smoothPerceptron,
  {
    title: 'a small CNN: tanh, average pooling, dropout',
    network: networkOf(
      {
        kind: 'stack',
        layers: [
          {
            layer: 'conv2d',
            filters: 3,
            kernelSize: [3, 3],
            strides: [1, 1],
            padding: 'same',
            activation: 'tanh',
            useBias: true,
          },
          { layer: 'average-pooling2d', poolSize: [2, 2], strides: [2, 2], padding: 'valid' },
          { layer: 'dropout', rate: 0.25 },
        ],
      },
      { inputShape: [6, 6, 1], classes: 3 },
    ),
    batchSize: 4,
  },
  ...checkCases.filter(({ title }) => title.startsWith('MLP 5-3-2')),
]

export interface ReplicaOptimiser {
  readonly title: string
  readonly optimiser: LocalOptimiser
  readonly rate: number
}

const of = (
  title: string,
  rate: number,
  optimiser: Pick<LocalOptimiser, 'kind'> & Partial<LocalOptimiser>,
): ReplicaOptimiser => ({
  title,
  rate,
  optimiser: { momentum: 0, averaging: 'convolutions', product: 'exact', ...optimiser },
})

/** At rates that make later gradients others than the first. */
export const replicaOptimisers: readonly ReplicaOptimiser[] = [
  of('SGD', 0.2, { kind: 'sgd' }),
  of('momentum', 0.2, { kind: 'momentum', momentum: 0.9 }),
  of('Adam', 0.05, { kind: 'adam' }),
  of('AdaHessian, convolutions averaged', 0.1, { kind: 'adahessian' }),
  of('AdaHessian, rows averaged too', 0.1, { kind: 'adahessian', averaging: 'convolutions-and-rows' }),
  of('AdaHessian by differences, rows averaged too', 0.1, {
    kind: 'adahessian',
    averaging: 'convolutions-and-rows',
    product: 'central-differences',
  }),
]

/**
 * What single precision leaves of them. AdaHessian divides by |D|, and where that is small by little more than ε: what
 * a coordinate's D has lost, its step has lost many times over, the more so where nothing is averaged. Differences lose
 * some 10⁻⁴ of D before; so they are asked for with averages only. Without, the way may differ by a hundredth.
 */
export function displacementErrorMax({ optimiser: { kind, product } }: ReplicaOptimiser): number {
  if (kind !== 'adahessian') return 1e-5
  return product === 'exact' ? 1e-4 : 1e-3
}

/** Steps of one lease after the other: read after 1, 2 and 4 in all. */
const leases = [1, 1, 2]

/** The lease that begins after `begun` steps; x goes on as it is. */
const leaseOf = ({ batchSize }: CheckCase, rate: number, begun: number): ReplicaLease => ({
  rate,
  pull: 0,
  samplesPerStep: batchesPerStep * batchSize,
  probe: { seed: 3, round: begun, draw: 1 },
})

export interface ReplicaFigures {
  /** ‖x − plain‖ / ‖plain − x₀‖: of the way gone, beside which the parameters themselves are large. */
  readonly displacementError: number
  readonly lossError: number
}

/** Steps in several leases and under several versions, against a plain float64 walk: the worst of each figure. */
export async function compareReplicaWithPlain(
  given: CheckCase,
  { optimiser, rate }: ReplicaOptimiser,
): Promise<ReplicaFigures> {
  const start = checkParameters(given)
  const walk = plainWalk(given, optimiser)
  const computer = loaded(given)
  const replica = computer.newReplica(optimiser)
  const figures: ReplicaFigures[] = []
  let begun = 0
  for (const steps of leases) {
    const lease = leaseOf(given, rate, begun)
    computer.loadParameters(checkParameters(given, 2 + begun))
    replica.begin(lease)
    let lossSum = 0
    for (let u = 0; u < steps; u++) {
      const batches = batchesOfStep(given, begun + u)
      for (const batch of batches) await replica.add(batch)
      lossSum += walk.step(batches, lease, u)
    }
    begun += steps
    const reading = await replica.read()
    const gone = walk.x.map((value, i) => value - start[i]!)
    figures.push({
      displacementError: relativeDistance(
        Float64Array.from(reading.parameters, (value, i) => value - start[i]!),
        gone,
      ),
      lossError: Math.abs(reading.lossSum - lossSum) / Math.abs(lossSum),
    })
  }
  replica.dispose()
  computer.dispose()
  return {
    displacementError: Math.max(...figures.map(figure => figure.displacementError)),
    lossError: Math.max(...figures.map(figure => figure.lossError)),
  }
}

/** The formulas as they are published, in float64, with differences of the plain loss for every derivative. */
function plainWalk(given: CheckCase, { kind, momentum, averaging }: LocalOptimiser) {
  const { network } = given
  const x = Float64Array.from(checkParameters(given))
  const [first, second] = [new Float64Array(x.length), new Float64Array(x.length)]
  let t = 0
  return {
    x,
    /** The loss where the gradient was taken. */
    step(batches: readonly Batch[], { rate, samplesPerStep, probe }: ReplicaLease, u: number): number {
      const place = kind === 'momentum' ? x.map((value, i) => value + momentum * first[i]!) : x.slice()
      const meanOf = (one: (batch: Batch) => number) =>
        batches.reduce((sum, batch) => sum + one(batch), 0) / samplesPerStep
      const g = x.map((_, i) => meanOf(batch => differenceQuotient(network, place, batch, i)))
      const z = rademacher(x.length, probe.seed, probe.round, probe.draw, u)
      const h = 4e-3
      const curvature = () => {
        const product = x.map((_, i) => meanOf(batch => plainHessianProduct(network, place, batch, z, i, h)))
        return Float64Array.from(spatialAverage(network, product, averaging))
      }
      const lossSum = batches.reduce((sum, batch) => sum + plainLoss(network, place, batch), 0)
      t++
      if (kind === 'sgd' || kind === 'momentum') {
        for (let i = 0; i < x.length; i++) {
          first[i] = momentum * first[i]! - rate * g[i]!
          x[i]! += first[i]!
        }
        return lossSum
      }
      const [divisor, epsilon] = kind === 'adam' ? [g, 1e-8] : [curvature(), 1e-4]
      for (let i = 0; i < x.length; i++) {
        first[i] = 0.9 * first[i]! + 0.1 * g[i]!
        second[i] = 0.999 * second[i]! + 0.001 * divisor[i]! ** 2
        const root = Math.sqrt(second[i]!) / Math.sqrt(1 - 0.999 ** t)
        x[i]! -= (rate * (first[i]! / (1 - 0.9 ** t))) / (root + epsilon)
      }
      return lossSum
    },
  }
}

/** ‖pieces − whole‖ / ‖whole‖ of the way of two steps: pieces of two samples, the last of one where the batch is odd. */
export async function compareReplicaPieces(
  given: CheckCase,
  { optimiser, rate }: ReplicaOptimiser,
): Promise<ReplicaFigures> {
  const start = checkParameters(given)
  const wholes = [...batchesOfStep(given, 0), ...batchesOfStep(given, 1)]
  const computer = loaded(given)
  const walked = async (batches: readonly Batch[]) => {
    const replica = computer.newReplica(optimiser)
    replica.begin(leaseOf(given, rate, 0))
    for (const batch of batches) await replica.add(batch)
    const { parameters, lossSum } = await replica.read()
    replica.dispose()
    return { gone: Float64Array.from(parameters, (value, i) => value - start[i]!), lossSum }
  }
  const [whole, cut] = [await walked(wholes), await walked(wholes.flatMap(batch => inPieces(batch, 2)))]
  computer.dispose()
  return {
    displacementError: relativeDistance(cut.gone, whole.gone),
    lossError: Math.abs(cut.lossSum - whole.lossSum) / whole.lossSum,
  }
}

/** With steps half done, leases under new versions, pulls of every kind, and replicas freed in mid-step. */
export async function measureReplicaGrowth(
  given: CheckCase,
  { optimiser, rate }: ReplicaOptimiser,
  rounds: number,
): Promise<GrowthFigures> {
  const computer = loaded(given)
  const batch = checkBatch(given)
  const growth = await growthOver(rounds, async () => {
    const replica = computer.newReplica(optimiser)
    for (const [number, pull] of [0, 0.3, 1, 0.3].entries()) {
      computer.loadParameters(checkParameters(given, number))
      replica.begin({ ...leaseOf(given, rate, number), pull })
      for (let i = 0; i < 2 * batchesPerStep; i++) await replica.add(batch)
      await replica.read()
      await replica.add(batch)
    }
    replica.dispose()
  })
  computer.dispose()
  return growth
}

/** How often `read` of a replica fetches from the device, after several steps. */
export async function countReplicaReadBacks(given: CheckCase, { optimiser, rate }: ReplicaOptimiser): Promise<number> {
  const computer = loaded(given)
  const replica = computer.newReplica(optimiser)
  replica.begin(leaseOf(given, rate, 0))
  for (let number = 0; number < 2 * batchesPerStep; number++) await replica.add(checkBatch(given, number))
  const count = await readBacksOf(() => replica.read())
  replica.dispose()
  computer.dispose()
  return count
}
