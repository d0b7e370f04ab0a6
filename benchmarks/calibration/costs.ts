// What a round costs besides computing, measured in a probe on this machine: all workers, production parts, delays
// that have nothing to do with the ones compared later. Nothing here is fitted to a round time.

import type { Milliseconds } from '@muster/vocabulary'
import { mean, median } from '../statistics.ts'
import { runForReal } from './real-run.ts'

export interface MeasuredCosts {
  /** One way. */
  readonly messageMs: Milliseconds
  readonly downloadMs: Milliseconds
  readonly uploadMs: Milliseconds
  readonly applyMs: Milliseconds
}

/** Programs are compiled while they run: the first rounds tell nothing. */
const warmUpRounds = 10

export async function measureCosts(workers: number, partitions: number, rounds: number): Promise<MeasuredCosts> {
  const probe = await runForReal({
    strategy: 'full-synchrony',
    workers,
    partitions,
    rounds: warmUpRounds + rounds,
    warmUpRounds,
    delaySeed: null,
  })
  const afterWarmUp = <Value>(values: readonly Value[]) => values.slice(warmUpRounds)
  const messageMs = median(probe.echoesMs) / 2
  const postMs = mean(probe.reports.flatMap(report => afterWarmUp(report.uploadsMs)))
  return {
    messageMs,
    downloadMs: mean(probe.reports.flatMap(report => afterWarmUp(report.downloadsMs))),
    // The simulator adds a message's time to an upload, and the worker hears of it a message later.
    uploadMs: Math.max(0, postMs - 2 * messageMs),
    applyMs: mean(afterWarmUp(probe.rounds).flatMap(({ applyMs }) => (applyMs === null ? [] : [applyMs]))),
  }
}

/**
 * c of the simulator's cost model. It gives a download and an upload 0.45 c each and a message 0.05 c; an answer's way
 * (message, download, upload, message) is c in all, whatever the proportions, and that sum is what was measured. The
 * update, which the simulator has no time for, is counted in.
 */
export const fixedCostMs = ({ messageMs, downloadMs, uploadMs, applyMs }: MeasuredCosts): Milliseconds =>
  2 * messageMs + downloadMs + uploadMs + applyMs

export function describeCosts(costs: MeasuredCosts): string[] {
  const rows: readonly (readonly [string, Milliseconds, string])[] = [
    ['message, one way', costs.messageMs, 'half the way of a malformed message and its refusal, median'],
    ['download', costs.downloadMs, 'GET of the parameters, all workers at once, mean'],
    ['upload', costs.uploadMs, 'POST of an answer until it counts, less two messages, mean'],
    ['update', costs.applyMs, 'from the last answer to the next version, by the coordinator’s record, mean'],
    ['c', fixedCostMs(costs), 'two messages and the rest: the simulator’s fixed cost'],
  ]
  return rows.map(([name, ms, source]) => `  ${name.padEnd(18)}${ms.toFixed(2).padStart(6)} ms   ${source}`)
}
