// What was told of each worker over the rounds, worker by worker: a worker is heard in some rounds only.

import type { RoundRecord } from '@muster/protocol'

export interface Track {
  readonly worker: string
  /** Those in which something was told of it, in order. */
  readonly told: readonly { readonly round: number; readonly figures: Readonly<Record<string, number>> }[]
}

/** In the order in which they were first heard; none that was told nothing the panel describes. */
export function tracksOf(records: readonly RoundRecord[], keys: readonly string[]): readonly Track[] {
  const tracks = new Map<string, Track['told'][number][]>()
  for (const { round, workerFigures } of records) {
    for (const worker in workerFigures) {
      const figures = workerFigures[worker]
      if (figures === undefined || !keys.some(key => figures[key] !== undefined)) continue
      const told = tracks.get(worker)
      if (told === undefined) tracks.set(worker, [{ round, figures }])
      else told.push({ round, figures })
    }
  }
  return [...tracks].map(([worker, told]) => ({ worker, told }))
}

export const lastRoundOf = ({ told }: Track): number => told.at(-1)?.round ?? 0

/** From the first round to the last in which any of them was heard: what all plots beside each other span. */
export function spanOf(tracks: readonly Track[]): readonly [number, number] | null {
  if (tracks.length === 0) return null
  const first = Math.min(...tracks.map(({ told }) => told[0]?.round ?? Number.POSITIVE_INFINITY))
  return [first, Math.max(...tracks.map(lastRoundOf))]
}
