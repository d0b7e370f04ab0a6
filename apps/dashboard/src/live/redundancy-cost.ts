// What redundancy cost and saved in the last rounds, as shares of a round: only what was counted or measured.

import type { PanelFigure, RoundRecord } from '@muster/protocol'

const roundsMax = 20

export interface Saving {
  readonly figure: PanelFigure
  readonly value: number
  /** Of a round's work or, of milliseconds, of its time. */
  readonly share: number
}

export interface RedundancyCost {
  /** Over so many of the last rounds. */
  readonly rounds: number
  /** Computed by all, beyond each partition once. */
  readonly beyond: number
  /** Given to more than one at the opening, or to both of a pair. */
  readonly onPurpose: number
  /** Issued again, for what was lost or late. */
  readonly again: number
  /** Told by the strategy, where it measures any. */
  readonly savings: readonly Saving[]
}

/** Null before the first round. */
export function redundancyCost(
  all: readonly RoundRecord[],
  partitions: number,
  figures: readonly PanelFigure[],
): RedundancyCost | null {
  const rounds = all.slice(-roundsMax)
  if (rounds.length === 0) return null
  const ms = meanOf(rounds.map(round => round.ms))
  return {
    rounds: rounds.length,
    // What comes late is counted in the next round: one alone may hold less than it needs.
    beyond: Math.max(0, meanOf(rounds.map(({ load }) => load)) - 1),
    onPurpose: Math.max(0, meanOf(rounds.map(({ redundancy }) => redundancy)) - 1),
    again: meanOf(rounds.map(({ reissued }) => reissued)) / partitions,
    savings: figures.flatMap(figure => {
      const told = rounds.flatMap(round => round.figures[figure.key] ?? [])
      if (!figure.isSaving || told.length === 0) return []
      const value = meanOf(told)
      return { figure, value, share: figure.unit === 'ms' ? value / Math.max(1, ms) : value }
    }),
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
