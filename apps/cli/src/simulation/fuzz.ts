// Many fault seeds over many strategies, on all cores.

import type { StrategyChoice } from '@muster/strategies'
import type { StormFailure, StormTask } from './weather.ts'

export interface FuzzSettings {
  readonly firstSeed: number
  readonly seeds: number
  readonly strategies: readonly StrategyChoice[]
}

export interface FuzzReport {
  readonly seeds: number
  readonly firstSeed: number
  readonly storms: number
  readonly failures: readonly StormFailure[]
}

/** Carries tasks out, in any order and wherever, and tells of each when it is done. */
export type StormRunner = (
  tasks: readonly StormTask[],
  onDone: (task: StormTask, failures: readonly StormFailure[]) => void,
) => Promise<readonly (readonly StormFailure[])[]>

export async function fuzz(
  { firstSeed, seeds, strategies }: FuzzSettings,
  run: StormRunner,
  tell: { readonly failure: (failure: StormFailure) => void; readonly done: (seeds: number) => void },
): Promise<FuzzReport> {
  const tasks = Array.from(
    { length: seeds },
    (_, i): StormTask => ({ kind: 'storms', seed: firstSeed + i, strategies }),
  )
  let done = 0
  const failures = await run(tasks, (_, found) => {
    for (const failure of found) tell.failure(failure)
    tell.done(++done)
  })
  return { seeds, firstSeed, storms: seeds * strategies.length, failures: failures.flat() }
}
