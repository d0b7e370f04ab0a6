// Elastic averaging beside the run, in one process and double precision: plain steps and exchanges by the textbook
// (Zhang, Choromanska and LeCun 2015), in the order in which the run really made them. It shares no arithmetic with it.

import type { ModelVersion } from '@muster/vocabulary'
import type { Problem } from './problem.ts'
import type { ReplicaDeed } from './virtual-replica.ts'

export interface ElasticReference {
  /** x̃ ← x̃ + h₂ (x − x̃), x what these deeds make of it by the reference's own models. */
  exchange(
    version: ModelVersion,
    push: number,
    replica: { readonly serial: number; readonly deeds: readonly ReplicaDeed[] },
  ): void
  readonly parameters: Float64Array
}

export function createElasticReference(problem: Problem): ElasticReference {
  const models = new Map<ModelVersion, Float64Array>([[0, Float64Array.from(problem.start())]])
  const replicas = new Map<number, { x: Float64Array; done: number }>()
  let model = models.get(0)!

  function redo(x: Float64Array, deed: ReplicaDeed): Float64Array {
    if (deed.type === 'begin') return models.get(deed.version)!.slice()
    if (deed.type === 'pull') {
      const toward = models.get(deed.version)!
      return x.map((value, i) => (1 - deed.pull) * value + deed.pull * toward[i]!)
    }
    const next = x.slice()
    const samples = deed.terms.length * problem.samplesPerPartition
    for (const { draw, partition } of deed.terms) {
      const { gradient } = problem.gradient(Float32Array.from(x), draw, partition)
      for (let i = 0; i < next.length; i++) next[i] = next[i]! - (deed.rate * gradient[i]!) / samples
    }
    return next
  }

  return {
    exchange(version, push, { serial, deeds }) {
      const known = replicas.get(serial) ?? { x: model, done: 0 }
      const x = deeds.slice(known.done).reduce(redo, known.x)
      replicas.set(serial, { x, done: deeds.length })
      model = model.map((value, i) => (1 - push) * value + push * x[i]!)
      models.set(version + 1, model)
    },
    get parameters() {
      return model
    },
  }
}
