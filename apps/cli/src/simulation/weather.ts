// Fault seeds: one storm for each strategy, judged. What fails is named with the line that replays it.

import { type Simulation, storm } from '@muster/simulator'
import { type StrategyChoice, writeChoice } from '@muster/strategies'

export interface StormTask {
  readonly kind: 'storms'
  readonly seed: number
  readonly strategies: readonly StrategyChoice[]
}

export interface StormFailure {
  readonly seed: number
  readonly strategy: string
  readonly problems: readonly string[]
}

export type StormOutcome = Pick<Simulation, 'violations' | 'rounds' | 'referenceError'>

/** Codes with general real coefficients lose digits in decoding; all others lose only rounding. */
const generalCodes = ['cyclic-repetition', 'nested-cyclic']

/** Every other seed nobody comes to replace the lost, so that a worker forgotten by the policy stays forgotten. */
const hasNewcomers = (seed: number): boolean => seed % 2 === 0

export function weather({ seed, strategies }: StormTask): readonly StormFailure[] {
  return strategies.flatMap(strategy => {
    const problems = problemsOf(seed, strategy)
    return problems.length === 0 ? [] : [{ seed, strategy: writeChoice(strategy), problems }]
  })
}

function problemsOf(seed: number, strategy: StrategyChoice): readonly string[] {
  try {
    return judgeStorm(storm({ seed, strategy, hasNewcomers: hasNewcomers(seed) }), seed, strategy)
  } catch (error) {
    // To break is the plainest way to fail; the other seeds are to be seen as well.
    return [`it broke: ${error instanceof Error ? error.message : error}`]
  }
}

export function judgeStorm(outcome: StormOutcome, seed: number, strategy: StrategyChoice): readonly string[] {
  const { violations, rounds, referenceError } = outcome
  const name = typeof strategy === 'string' ? strategy : strategy.name
  const due = hasNewcomers(seed) ? 12 : 6
  const errorMax = generalCodes.includes(name) ? 1e-3 : 1e-5
  return [
    ...violations,
    ...(rounds.length === due ? [] : [`${rounds.length} of ${due} rounds were done`]),
    // Written so that a NaN fails too.
    ...(referenceError <= errorMax
      ? []
      : [`the parameters are off by ${referenceError} from one process; allowed: ${errorMax}`]),
  ]
}

export const replayLine = ({ seed, strategy, problems }: StormFailure): string =>
  `npx muster simulate --fuzz 1 --seed ${seed} --strategy ${strategy}   # ${problems.join('; ')}`
