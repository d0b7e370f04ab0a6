// Parameters of a worker's own on its virtual device, with the state of its optimiser: what elastic averaging exchanges.
// Stepped by the same plain optimisers that the steps on a real device are measured by.

import { createLocalOptimiser, type LocalState, type LocalStepper } from '@muster/parameters'
import type { LeaseId, ModelVersion, ReplicaSteps } from '@muster/vocabulary'
import type { Problem } from './problem.ts'
import type { SumTerm } from './virtual-sum.ts'

export interface VirtualReplica {
  readonly id: number
  /** Apart from any other of the simulation. */
  readonly serial: number
  readonly stepper: LocalStepper
  x: Float32Array
  state: LocalState
  /** All that was ever done to it, for whoever does it again beside the run; null: nobody does. */
  readonly journal: ReplicaDeed[] | null
}

export type ReplicaDeed =
  | { readonly type: 'begin'; readonly version: ModelVersion }
  | { readonly type: 'pull'; readonly version: ModelVersion; readonly pull: number }
  | { readonly type: 'step'; readonly terms: readonly SumTerm[]; readonly rate: number }

/** The steps of one lease on a replica. */
export interface ReplicaRun {
  readonly replica: VirtualReplica
  readonly settings: ReplicaSteps
  readonly lease: LeaseId
  /** Partitions of one step. */
  readonly perStep: number
  readonly rate: number
  /** Of the step under way. */
  readonly gradient: Float64Array
  readonly product: Float64Array
  readonly terms: SumTerm[]
}

interface Model {
  readonly version: ModelVersion
  readonly parameters: Float32Array
}

export function newReplica(
  { id, optimiser }: ReplicaSteps,
  serial: number,
  { version, parameters }: Model,
  isJournalled: boolean,
): VirtualReplica {
  const stepper = createLocalOptimiser(optimiser)
  return {
    id,
    serial,
    stepper,
    x: parameters.slice(),
    state: stepper.init(parameters.length),
    journal: isJournalled ? [{ type: 'begin', version }] : null,
  }
}

/** x ← x − h₁ (x − x̃). The optimiser's state stays, whatever the pull. */
export function pullReplica(replica: VirtualReplica, settings: ReplicaSteps, { version, parameters }: Model): void {
  const { pull } = settings
  if (pull === 0) return
  replica.journal?.push({ type: 'pull', version, pull })
  replica.x = pull === 1 ? parameters.slice() : replica.x.map((x, i) => x - pull * (x - parameters[i]!))
}

/** One partition more; a step when there are enough. Answers Σ ℓ of the partition. */
export function stepReplica(run: ReplicaRun, problem: Problem, term: SumTerm, done: number): number {
  const { replica, settings, lease, perStep, rate, gradient, product, terms } = run
  const { stepper } = replica
  const step = Math.floor(done / perStep)
  const probe = lease * settings.steps + step
  const at = stepper.probeAt(replica.x, replica.state)
  const curved = stepper.needsCurvature ? curvatureOf(problem)(at, term.draw, term.partition, probe) : null
  const found = curved ?? problem.gradient(at, term.draw, term.partition)
  add(gradient, found.gradient)
  if (curved) add(product, curved.product)
  terms.push(term)
  if (terms.length < perStep) return found.lossSum
  const samples = perStep * problem.samplesPerPartition
  const mean = gradient.map(g => g / samples)
  const diagonal = curved ? curvatureOf(problem).averaged(product.map(p => p / samples)) : null
  const next = stepper.step(replica.x, mean, diagonal, replica.state, rate)
  replica.x = next.parameters
  replica.state = next.state
  replica.journal?.push({ type: 'step', terms: [...terms], rate })
  gradient.fill(0)
  product.fill(0)
  terms.length = 0
  return found.lossSum
}

function curvatureOf({ curvature }: Problem): NonNullable<Problem['curvature']> {
  if (curvature === undefined) throw new RangeError('this problem has no curvature: choose another local optimiser')
  return curvature
}

function add(to: Float64Array, vector: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + vector[i]!
}
