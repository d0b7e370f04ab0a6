// Who owns what of a tiled round: at every segment each partition is in the sum, or pledged, or an orphan's, or in a list,
// or nobody's, and in one of them only. Test support: a judge of states, whatever led to them.

import type { PartitionIndex } from '@muster/vocabulary'
import type { TiledState } from './tiled-state.ts'

export interface Entry {
  readonly owner: string
  readonly segment: number
  readonly partitions: readonly PartitionIndex[]
}

/** Of the open round, beside what is in its sum. */
export function ledgerOf({ open, settings }: TiledState): readonly Entry[] {
  if (open === null) return []
  const segments = Array.from({ length: settings.segments }, (_, segment) => segment)
  const entries = segments.map((segment): Entry => ({ owner: 'nobody', segment, partitions: open.pool }))
  const raced = new Set<number>()
  for (const { id, list, pledge, early, earlyGot, race } of open.leases) {
    // All of one race have the same pledge.
    if (race !== null && raced.has(race)) continue
    if (race !== null) raced.add(race)
    for (const segment of segments) {
      const partitions =
        pledge === null
          ? list.slice(earlyGot[segment] ? early[segment] : 0)
          : pledge.list.slice(0, pledge.got[segment] ? 0 : pledge.upTo[segment])
      entries.push({ owner: `lease ${id}`, segment, partitions })
    }
  }
  open.orphans.forEach(({ pledge: { list, upTo, got } }, i) => {
    for (const segment of segments)
      entries.push({ owner: `orphan ${i}`, segment, partitions: list.slice(0, got[segment] ? 0 : upTo[segment]) })
  })
  return entries
}

/** What is wrong with it; null: nothing. @param added by segment, how often each partition is in the round's sum */
export function faultOf(state: TiledState, added: readonly Float64Array[]): string | null {
  if (state.open === null) return null
  const entries = ledgerOf(state)
  for (let segment = 0; segment < state.settings.segments; segment++) {
    const counts = Float64Array.from(added[segment]!)
    for (const entry of entries)
      if (entry.segment === segment) for (const j of entry.partitions) counts[j] = counts[j]! + 1
    const wrong = counts.findIndex(count => count !== 1)
    if (wrong < 0) continue
    const owners = entries.filter(entry => entry.segment === segment && entry.partitions.includes(wrong))
    const names = [...owners.map(({ owner }) => owner), ...(added[segment]![wrong]! > 0 ? ['the sum'] : [])]
    return `partition ${wrong} at segment ${segment} belongs to ${names.join(' and ') || 'no one'}`
  }
  return null
}
