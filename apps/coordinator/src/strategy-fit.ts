// Whether a strategy can train a model at all: it says what it asks of one, and the model what it is.

import type { ResolvedStrategy } from '@muster/strategies'
import { type Network, whyNotSmooth } from '@muster/workloads'

/** Why it cannot, as a sentence; null: it can. */
export function whyUnfit(
  { strategy, own }: Pick<Extract<ResolvedStrategy, { ok: true }>, 'strategy' | 'own'>,
  network: Network,
): string | null {
  if (!strategy.needsSmoothModel?.(own)) return null
  const kink = whyNotSmooth(network)
  return kink && `"strategy": ${strategy.name} with these settings takes differences of gradients, but ${kink}.`
}
