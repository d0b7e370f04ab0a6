// What a strategy promises of each round decides which figures have a meaning; its name never does.

import type { Snapshot } from '@muster/protocol'

export type RoundPromise = Snapshot['strategy']['promise']

/** Whether rounds are sums of partition gradients, with redundancy and something to decode. */
export const isCodedRound = (promise: RoundPromise): boolean =>
  promise === 'whole-gradient' || promise === 'counted-gradients'

/** Whether a round combines gradients for the run's optimiser to step with. */
export const hasGradients = (promise: RoundPromise): boolean =>
  promise !== 'elastic-exchange' && promise !== 'mean-of-peers'

export const promiseWords: Record<RoundPromise, string> = {
  'whole-gradient': 'Exact: every update is the whole gradient, each partition counted once.',
  'counted-gradients':
    'Approximate: an update may leave partitions out or count some twice, and says how many it counts.',
  'bounded-staleness':
    'Stale results count, too: what is applied may stem from an earlier model, as far back as the strategy allows.',
  'elastic-exchange':
    'No gradients are summed: a round is one exchange, in which one tab’s own parameters and the model move toward each other.',
  'mean-of-peers':
    'There is no centre: a round is the plain mean of all tabs’ estimates after the same iteration; what they learn passes between neighbours.',
}
