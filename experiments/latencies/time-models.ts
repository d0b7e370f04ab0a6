// When workers finish their tasks, under the time models of the nested code's latency table.
//
//   n workers, k = n tasks, one of them 1/k of the data; C_i(m): when worker i has finished m tasks, C_i(0) = 0
//   unit of time: what a worker that nothing slows needs for the whole data set (a = 1)

import { type RandomStream, randomStream } from '@muster/numerics'

export type TimeModel =
  /** One speed per worker and round: a + Exp(mean b). */
  | { readonly kind: 'speed'; readonly b: number }
  /** Every task takes its own (a + Exp(mean b)) / k. */
  | { readonly kind: 'task'; readonly b: number }
  /** With probability p a worker is f times slower; all within ±10 %. */
  | { readonly kind: 'bimodal'; readonly p: number; readonly f: number }
  /** A start-up of Exp(mean b), then an even pace. */
  | { readonly kind: 'setup'; readonly b: number }

/** C_i(m) as `times[i][m]`, m = 0 … n. */
export type CompletionTimes = readonly Float64Array[]

export function completionTimes(model: TimeModel, n: number, draw: RandomStream): CompletionTimes {
  return Array.from({ length: n }, () => {
    const times = new Float64Array(n + 1)
    const start = model.kind === 'setup' ? model.b * draw.exponential() : 0
    const pace = paceOf(model, draw)
    for (let m = 1; m <= n; m++) {
      const whole = model.kind === 'task' ? 1 + model.b * draw.exponential() : pace
      times[m] = (m === 1 ? start : times[m - 1]!) + whole / n
    }
    return times
  })
}

function paceOf(model: TimeModel, draw: RandomStream): number {
  if (model.kind === 'speed') return 1 + model.b * draw.exponential()
  if (model.kind !== 'bimodal') return 1
  const slowed = draw.uniform() < model.p ? model.f : 1
  return slowed * (0.9 + 0.2 * draw.uniform())
}

/** Round `round` of an experiment; every scheme is timed on the same rounds. */
export const roundTimes = (model: TimeModel, n: number, seed: number, round: number): CompletionTimes =>
  completionTimes(model, n, randomStream('latencies', seed, JSON.stringify(model), n, round))
