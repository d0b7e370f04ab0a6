// In a file of its own, so that another core judges it.

import { strategies } from './registry.ts'
import type { Strategy } from './strategy.ts'
import { describeStrategy } from './strategy-suite.ts'

const named = (name: string) => strategies.find(strategy => strategy.name === name) as unknown as Strategy
describeStrategy(named('fractional-repetition'), { s: 3 })
describeStrategy(named('adaptive-repetition'), { redundancyMin: 2 })
describeStrategy(named('adaptive-repetition'), { redundancyMax: 1 })
describeStrategy(named('cyclic-repetition'), { s: 3 })
describeStrategy(named('nested-cyclic'), { mixed: 1, bySpeed: 0 })
describeStrategy(named('nested-cyclic'), { toleranceMax: 1, errorMax: 1e-6 })
describeStrategy(named('backup-workers'), { b: 3 })
describeStrategy(named('work-queue'), { chunksPerWorker: 1 })
