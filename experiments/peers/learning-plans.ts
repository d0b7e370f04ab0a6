// Which runs there are that learn: the search for rates, and the grid.

import type { LearningFound, LearningPlan } from './play-learning.ts'
import {
  fleetLaws,
  learningVariants,
  neededVariants,
  ratesTried,
  type Scale,
  type Subject,
  searchSeedAfter,
  searchSeeds,
  splits,
} from './setting.ts'
import type { Variant } from './variants.ts'

export type LearningRow = LearningPlan & LearningFound

export type Rates = Readonly<Partial<Record<Subject, number>>>

/** With cb-Full, both splits. */
export const searchPlans = (subjects: readonly Subject[], seed: number): LearningPlan[] =>
  subjects.flatMap(subject =>
    ratesTried[subject].flatMap(rate =>
      splits.flatMap(split =>
        Array.from(
          { length: searchSeeds[subject] },
          (_, i): LearningPlan => ({
            ...{ subject, workers: 10, law: 'exponential', split, variant: 'full', rate },
            seed: seed + searchSeedAfter + i,
          }),
        ),
      ),
    ),
  )

export const isSearched = ({ seed }: LearningPlan, first: number): boolean => seed >= first + searchSeedAfter

/** What is broken off lacks, of the costliest subject, the variants that the verdict is not about, and of each the last seeds. */
export function gridPlans(rates: Rates, scale: Scale, seed: number): LearningPlan[] {
  const others = learningVariants.filter(variant => !neededVariants.includes(variant))
  return [
    ...crossed('lrm', learningVariants, rates, scale, seed),
    ...crossed('2nn', neededVariants, rates, scale, seed),
    ...crossed('lrm-photographs', learningVariants, rates, scale, seed),
    ...crossed('2nn', others, rates, scale, seed),
  ]
}

/** What must not be lacking: the cheapest subject, and of the costliest what the verdict is about. */
export const isNeeded = ({ subject, variant }: LearningPlan): boolean =>
  subject === 'lrm' || (subject === '2nn' && neededVariants.includes(variant))

function crossed(
  subject: Subject,
  variants: readonly Variant[],
  rates: Rates,
  { seeds }: Scale,
  seed: number,
): LearningPlan[] {
  const rate = rates[subject]
  if (rate === undefined) return []
  return Array.from({ length: seeds }, (_, i) => seed + i).flatMap(own =>
    fleetLaws[subject].flatMap(({ workers, laws }) =>
      laws.flatMap(law =>
        splits.flatMap(split =>
          variants.map((variant): LearningPlan => ({ subject, workers, law, split, variant, rate, seed: own })),
        ),
      ),
    ),
  )
}

export const learningKey = ({ subject, workers, law, split, variant, rate, seed }: LearningPlan): string =>
  [subject, workers, law, split, variant, rate, seed].join(' ')
