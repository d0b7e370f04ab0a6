// The cyclic gradient code of a fixed tolerance s (Tandon et al. 2017): every worker sums s + 1 blocks, any n − s
// answers give the whole.

import { codedRounds, placeEvenly } from './coded-rounds.ts'
import { exactStrategy } from './exact-round.ts'

export const cyclicRepetition = exactStrategy(
  codedRounds(
    {
      name: 'cyclic-repetition',
      meaning: 'A fixed cyclic gradient code: every tab sums s + 1 neighbouring blocks, any n − s answers suffice.',
      settings: [{ name: 's', meaning: 'Stragglers tolerated.', default: 1, min: 0, max: 63, whole: true }],
      tolerances: ({ own }, n) => [Math.min(Number(own.s), n - 1)],
      isMixed: () => false,
      place: placeEvenly,
    },
    false,
  ),
)
