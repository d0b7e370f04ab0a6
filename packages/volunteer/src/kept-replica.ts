// Parameters of the worker's own, which it keeps from lease to lease as long as the coordinator calls them by the same
// name; under another name it begins anew with the model it was given.

import type { ReplicaSteps } from '@muster/vocabulary'
import type { GradientComputer, Replica } from '@muster/workloads'
import type { Running } from './running.ts'

export interface KeptReplica {
  begin(steps: ReplicaSteps, lease: LeaseSettings): Running
  dispose(): void
}

interface LeaseSettings {
  readonly rate: number
  readonly samplesPerStep: number
  /** What the lease's random directions are drawn by, beside the run's seed. */
  readonly round: number
  readonly draw: number
}

export function createKeptReplica(computer: GradientComputer, seed: number): KeptReplica {
  let kept: { readonly id: number; readonly replica: Replica } | null = null

  function dispose(): void {
    kept?.replica.dispose()
    kept = null
  }

  return {
    begin({ id, optimiser, pull }, { rate, samplesPerStep, round, draw }) {
      const isKept = kept?.id === id
      if (!isKept) {
        dispose()
        kept = { id, replica: computer.newReplica(optimiser) }
      }
      const { replica } = kept!
      replica.begin({ rate, pull: isKept ? pull : 0, samplesPerStep, probe: { seed, round, draw } })
      return {
        add: batch => replica.add(batch),
        async read() {
          const { parameters, lossSum, samples } = await replica.read()
          return { vector: parameters, lossSum, samples }
        },
        // It outlives the lease.
        dispose() {},
      }
    },
    dispose,
  }
}
