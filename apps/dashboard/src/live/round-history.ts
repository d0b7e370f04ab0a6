// The closed rounds in order, each once, whatever is repeated on the way; and what can be said of them in a sentence.

import type { RoundRecord } from '@muster/protocol'

/** A round that comes again (the coordinator continued from its last saved one) replaces what followed it. */
export function appendRounds(rounds: readonly RoundRecord[], more: readonly RoundRecord[]): readonly RoundRecord[] {
  const sorted = [...more].sort((a, b) => a.round - b.round)
  const first = sorted[0]
  if (first === undefined) return rounds
  const kept = rounds.filter(record => record.round < first.round)
  const joined = [...kept, ...sorted]
  return joined.filter((record, index) => record.round !== joined[index + 1]?.round)
}

export const lastOf = <Key extends keyof RoundRecord>(
  rounds: readonly RoundRecord[],
  key: Key,
): NonNullable<RoundRecord[Key]> | null => {
  for (let index = rounds.length - 1; index >= 0; index -= 1) {
    const value = rounds[index]?.[key]
    if (value !== null && value !== undefined) return value
  }
  return null
}

export const maxOf = (rounds: readonly RoundRecord[], key: 'residual' | 'amplification' | 'ms'): number | null =>
  rounds.length === 0 ? null : rounds.reduce((max, record) => Math.max(max, record[key]), 0)
