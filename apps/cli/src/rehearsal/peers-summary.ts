// What a rehearsal without a centre comes to, from its rounds' figures.

import { median } from '@muster/numerics'
import type { RoundRecord } from '@muster/protocol'

export interface PeersSummary {
  /** (1/n) Σ‖w_j − w̄‖ of the last round. */
  readonly consensusDistance: number | null
  /** Over all iterations that were told of. */
  readonly iterationMeanMs: number | null
  /** Half of the rounds' iterations were shorter: starting up and faults weigh less here. */
  readonly iterationMedianMs: number | null
  /** Of edges and iterations, over which nothing was exchanged. */
  readonly linksSkippedShare: number | null
  /** Of the last round. */
  readonly directEdges: number
  readonly relayedEdges: number
  readonly tornIterations: number
  readonly unbalancedIterations: number
}

type Told = Pick<RoundRecord, 'figures'>

export function summarisePeers(records: readonly Told[]): PeersSummary {
  const last = records.at(-1)?.figures ?? {}
  const total = (key: string) => records.reduce((sum, { figures }) => sum + (figures[key] ?? 0), 0)
  const times = records.flatMap(({ figures: { iterationMs } }) => (iterationMs === undefined ? [] : [iterationMs]))
  return {
    consensusDistance: last.consensusDistance ?? null,
    iterationMeanMs: meanByIteration(records, 'iterationMs'),
    iterationMedianMs: times.length === 0 ? null : median(times),
    linksSkippedShare: meanByIteration(records, 'linksSkipped'),
    directEdges: last.directEdges ?? 0,
    relayedEdges: last.relayedEdges ?? 0,
    tornIterations: total('torn'),
    unbalancedIterations: total('unbalanced'),
  }
}

/** A round counts by the iterations that were told of in it. */
function meanByIteration(records: readonly Told[], key: string): number | null {
  let sum = 0
  let iterations = 0
  for (const { figures } of records) {
    const value = figures[key]
    if (value === undefined || figures.counted === undefined) continue
    sum += value * figures.counted
    iterations += figures.counted
  }
  return iterations === 0 ? null : sum / iterations
}
