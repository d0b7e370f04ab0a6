// Parameters of a worker's own on the device (what they promise: `Replica` in gradient-computer.ts). They change only
// when a step is whole, so that one that breaks off leaves no trace.

import type { LocalOptimiser } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'
import { piecesBySteps, refuseMidStep, refuseUnwholeStep } from '../batch-pieces.ts'
import { averageOnDevice } from '../curvature/average-on-device.ts'
import { rademacher } from '../curvature/hutchinson.ts'
import { deviceFinished } from '../device-fence.ts'
import { readFlat } from '../flat-reading.ts'
import type { Replica, ReplicaLease } from '../gradient-computer.ts'
import type { LoadedVersion } from '../loaded-version.ts'
import { cutNumbers, joinFlat } from '../network/flat-tensors.ts'
import type { Network } from '../network/plan.ts'
import type { Batch } from '../samples.ts'
import { refuseUnfitBatch } from '../unfit-batch.ts'
import { type DeviceSlots, deviceOptimiser } from './device-optimiser.ts'
import { type Place, plusSums, type StepSums, sumsBy } from './step-sums.ts'

/** What whole steps have come to. No interface: tf.tidy would not hand one out. */
type State = {
  /** x and what the optimiser keeps of it, for each of the network's tensors. */
  readonly x: tf.Tensor[]
  readonly slots: DeviceSlots[]
  /** Σ ℓ since the lease began, one number; absent before its first step. */
  readonly loss: tf.Tensor1D | undefined
}

/** @param loaded the version in force; throws while there is none */
export function createReplica(network: Network, optimiser: LocalOptimiser, loaded: () => LoadedVersion): Replica {
  const { needsCurvature, probeAt, step } = deviceOptimiser(optimiser)
  const takeSums = sumsBy(network, needsCurvature ? optimiser.product : 'exact')
  let state: State = tf.tidy(
    (): State => ({
      x: loaded().parameters.map(of => tf.clone(of)),
      slots: network.tensors.map(() => ({})),
      loss: undefined,
    }),
  )
  /** Since the optimiser's start. */
  let stepsMade = 0
  let lease: ReplicaLease | null = null
  /** Since the lease began. */
  let samples = 0
  /** Of the step under way. */
  let place: Place | null = null
  let sums: StepSums | null = null
  let isDisposed = false

  const refuseDisposed = () => {
    if (isDisposed) throw new Error('this replica has been disposed of')
  }

  function forgetStep(): void {
    tf.dispose([place, sums] as tf.TensorContainer)
    place = sums = null
  }

  function takePlace({ samplesPerStep, probe: { seed, round, draw } }: ReplicaLease): Place {
    const signs = needsCurvature
      ? rademacher(network.parameterCount, seed, round, draw, samples / samplesPerStep)
      : null
    // Copies, so that they can be freed whether or not they are x.
    return tf.tidy(() => ({
      parameters: state.x.map((x, i) => tf.clone(probeAt(x, state.slots[i]!))),
      z: signs === null ? undefined : cutNumbers(network, signs),
    }))
  }

  function addWithinStep(batch: Batch, of: ReplicaLease): void {
    place ??= takePlace(of)
    const at = place
    sums = replacing(sums, before => plusSums(before, takeSums(at, batch)))
    samples += batch.size
    if (samples % of.samplesPerStep === 0) finishStep(sums, of)
  }

  function finishStep({ gradients, loss, products }: StepSums, { samplesPerStep, rate }: ReplicaLease): void {
    const meanOf = (sum: tf.Tensor): tf.Tensor => tf.mul(sum, 1 / samplesPerStep)
    state = replacing(state, ({ x, slots, loss: before }) => {
      const stepped = x.map((of, i) => {
        const product = products?.[i]
        const diagonal = product && meanOf(averageOnDevice(network.tensors[i]!, product, optimiser.averaging))
        return step(of, meanOf(gradients[i]!), diagonal, slots[i]!, { step: stepsMade, rate })
      })
      return {
        x: stepped.map(({ x: next }) => next),
        slots: stepped.map(({ slots: next }) => next),
        loss: before === undefined ? tf.clone(loss) : tf.add<tf.Tensor1D>(before, loss),
      }
    })
    stepsMade++
    forgetStep()
  }

  return {
    begin(next) {
      refuseDisposed()
      refuseUnfitLease(next)
      const { pull } = next
      const towards = pull === 0 ? null : loaded()
      forgetStep()
      samples = 0
      lease = next
      state = replacing(state, ({ x, slots }) => ({
        x: x.map((of, i) => (towards === null ? tf.clone(of) : pulled(of, towards.parameters[i]!, pull))),
        slots: slots.map(clonesOf),
        loss: undefined,
      }))
    },
    async add(batch) {
      refuseDisposed()
      if (lease === null) throw new Error('this replica has no lease: call begin first')
      refuseUnfitBatch(batch, network)
      for (const piece of piecesBySteps(batch, samples, lease.samplesPerStep)) addWithinStep(piece, lease)
      await deviceFinished()
    },
    async read() {
      refuseDisposed()
      if (lease !== null) refuseMidStep('replica', samples, lease.samplesPerStep)
      const { x, loss } = state
      const { gradient: parameters, ...rest } = await readFlat(
        tf.tidy(() => joinFlat([...x, loss ?? tf.zeros([1])])),
        samples,
      )
      return { parameters, ...rest }
    },
    dispose() {
      forgetStep()
      if (!isDisposed) tf.dispose(state as tf.TensorContainer)
      isDisposed = true
    },
  }
}

/** What `make` makes of the former, which is freed. */
function replacing<Former extends StepSums | State | null, Next extends StepSums | State>(
  former: Former,
  make: (former: Former) => Next,
): Next {
  const next = tf.tidy(() => make(former))
  tf.dispose(former as tf.TensorContainer)
  return next
}

/** With h = 1 the very bits of `towards`: x − (x − x̃) would lose some. */
const pulled = (x: tf.Tensor, towards: tf.Tensor, pull: number): tf.Tensor =>
  pull === 1 ? tf.clone(towards) : tf.sub(x, tf.mul(tf.sub(x, towards), pull))

const clonesOf = (slots: DeviceSlots): DeviceSlots =>
  Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, tf.clone(slot)]))

function refuseUnfitLease({ rate, pull, samplesPerStep }: ReplicaLease): void {
  refuseUnwholeStep(samplesPerStep)
  if (!(rate >= 0 && rate < Infinity)) throw new RangeError(`a rate of ${rate}`)
  if (!(pull >= 0 && pull <= 1)) throw new RangeError(`a pull of ${pull}, not 0 to 1`)
}
