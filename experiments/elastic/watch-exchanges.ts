// What is noted of a run while it goes on: the model at certain rounds, how workers were met that came back from a
// spell, how many were taken back to the model.

import type { Spell } from './frozen-spells.ts'

/** An exchange, as the simulator tells it; times in units. */
export interface ExchangeUpdate {
  readonly at: number
  readonly parameters: Float32Array
  /** Exchanges tried so far, by all together. */
  readonly tried: number
  readonly resets: number
  /** h₁ by worker. */
  readonly pulls: Readonly<Record<string, number>>
}

export interface Snapshot {
  readonly round: number
  readonly parameters: Float32Array
}

export interface Watched {
  readonly snapshots: readonly Snapshot[]
  readonly exchanges: number
  readonly resets: number
  readonly endedAt: number
  /** First exchanges after a spell of some length. */
  readonly returns: number
  /** Mean h₁ of these, and of all others; null: there were none. */
  readonly returnPull: number | null
  readonly otherPull: number | null
}

/** Shares of a run's rounds at which the model is kept: close together at first; the end is the mean of the last three. */
export const keptShares = [0, 0.03, 0.08, 0.15, 0.24, 0.35, 0.47, 0.6, 0.75, 0.9, 0.95, 1]
export const endPoints = 3

export interface WatchSettings {
  readonly workers: number
  readonly rounds: number
  readonly start: Float32Array
  /** By seat. */
  readonly spells: readonly (readonly Spell[])[]
  /** Shorter spells are no absence. Units. */
  readonly leastSpell: number
}

export function watchExchanges({ workers, rounds, start, spells, leastSpell }: WatchSettings) {
  const due = keptShares.map(share => Math.round(share * rounds))
  const snapshots: Snapshot[] = []
  const lastAt = new Array<number>(workers).fill(0)
  const [returned, others] = [pullMean(), pullMean()]
  let [exchanges, resets, endedAt] = [0, 0, 0]

  function keep(round: number, parameters: Float32Array): void {
    while (snapshots.length < due.length && due[snapshots.length]! <= round)
      snapshots.push({ round: due[snapshots.length]!, parameters })
  }

  keep(0, start)
  return {
    /** True: enough has been seen. */
    note(update: ExchangeUpdate): boolean {
      exchanges++
      resets = update.resets
      endedAt = update.at
      for (const [worker, pull] of Object.entries(update.pulls)) {
        const seat = Number(worker.slice(1))
        const since = lastAt[seat]!
        const isReturn = spells[seat]?.some(
          ({ from, to }) => to > since && to <= update.at && to - from >= leastSpell && from > 0,
        )
        ;(isReturn ? returned : others).add(pull)
        lastAt[seat] = update.at
      }
      keep(Math.floor(update.tried / workers), update.parameters)
      return snapshots.length === due.length
    },
    /** The run is over, whoever ended it. */
    end: (): Watched => ({
      ...{ snapshots, exchanges, resets, endedAt },
      ...{ returns: returned.count(), returnPull: returned.mean(), otherPull: others.mean() },
    }),
  }
}

function pullMean() {
  let [sum, count] = [0, 0]
  return {
    add(pull: number): void {
      sum += pull
      count++
    },
    count: () => count,
    mean: () => (count > 0 ? sum / count : null),
  }
}
