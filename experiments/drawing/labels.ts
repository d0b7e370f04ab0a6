// Names beside the ends of lines, moved apart until none covers another.

/**
 * Places from top to bottom in the order wanted, at least `gap` apart and within the bounds, the group of names that
 * push each other centred on where they want to be. Where they do not fit, the gap shrinks.
 */
export function spreadApart(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const step = wanted.length > 1 ? Math.min(gap, (bottom - top) / (wanted.length - 1)) : gap
  const order = wanted.map((at, i) => ({ at, i })).sort((one, other) => one.at - other.at || one.i - other.i)
  /** Runs of names that touch: where the first one stands, and who belongs to it. */
  const runs: { from: number; members: { at: number; i: number }[] }[] = []
  const clamp = (from: number, count: number) => Math.max(top, Math.min(bottom - (count - 1) * step, from))
  for (const item of order) {
    runs.push({ from: clamp(item.at, 1), members: [item] })
    for (;;) {
      const [above, last] = runs.slice(-2)
      if (!above || !last || above.from + above.members.length * step <= last.from + 1e-9) break
      runs.splice(-2)
      const members = [...above.members, ...last.members]
      const centred = members.reduce((sum, { at }, m) => sum + at - m * step, 0) / members.length
      runs.push({ from: clamp(centred, members.length), members })
    }
  }
  const places: number[] = new Array(wanted.length)
  for (const { from, members } of runs) {
    members.forEach(({ i }, m) => {
      places[i] = from + m * step
    })
  }
  return places
}
