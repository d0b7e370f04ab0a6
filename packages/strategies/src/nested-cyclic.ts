// Nested cyclic gradient codes (Maßny et al. 2022): a code for every tolerance 0..sMax on one task order. Tabs announce
// each level, the lowest decodable one is asked for. `mixed` draws the codes from one H, so that answers of different
// levels decode together.

import { codedRounds, placeBySpeed, placeEvenly } from './coded-rounds.ts'
import { exactStrategy } from './exact-round.ts'

export const nestedCyclic = exactStrategy(
  codedRounds(
    {
      name: 'nested-cyclic',
      meaning: 'Nested cyclic codes: tabs go on from tolerance to tolerance until what they announced is decodable.',
      settings: [
        { name: 'toleranceMax', meaning: 'Highest tolerance s.', default: 7, min: 0, max: 15, whole: true },
        {
          name: 'mixed',
          meaning: '1: codes of all levels from one draw, so that answers of different levels decode together.',
          default: 0,
          min: 0,
          max: 1,
          whole: true,
        },
        {
          name: 'bySpeed',
          meaning:
            '1: blocks follow measured speeds, neighbours in the ring are alike; 0: equal blocks, as in the paper.',
          default: 1,
          min: 0,
          max: 1,
          whole: true,
        },
      ],
      tolerances: ({ own }, n) => Array.from({ length: Math.min(Number(own.toleranceMax), n - 1) + 1 }, (_, s) => s),
      isMixed: ({ own }) => own.mixed === 1,
      place: (members, context) => (context.settings.own.bySpeed === 1 ? placeBySpeed : placeEvenly)(members, context),
    },
    true,
  ),
)
