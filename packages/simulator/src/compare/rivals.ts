// Who is the best of a cell: only exact strategies are ranked, and who did not finish is beaten by everybody who did.

/** Mean round time / mean fluid bound; null: the run did not come to its end. */
export type Ratio = number | null

export type Ratios = Readonly<Record<string, Ratio>>

/** The best exact strategy other than the one named; of equals the first. Null: no other one finished. */
export function rivalOf(besides: string | null, ratios: Ratios, exactNames: readonly string[]): string | null {
  let best: { readonly name: string; readonly ratio: number } | null = null
  for (const [name, ratio] of Object.entries(ratios)) {
    if (name === besides || ratio === null || !exactNames.includes(name)) continue
    if (best === null || ratio < best.ratio) best = { name, ratio }
  }
  return best?.name ?? null
}
