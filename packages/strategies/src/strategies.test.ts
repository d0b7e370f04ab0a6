import { strategies } from './registry.ts'
import type { Strategy } from './strategy.ts'
import { describeStrategy } from './strategy-suite.ts'

for (const strategy of strategies) describeStrategy(strategy as unknown as Strategy)

const named = (name: string) => strategies.find(strategy => strategy.name === name) as unknown as Strategy
describeStrategy(named('fractional-repetition'), { s: 3 })
describeStrategy(named('adaptive-repetition'), { redundancyMin: 2 })
describeStrategy(named('adaptive-repetition'), { redundancyMax: 1, keptShare: 1 })
