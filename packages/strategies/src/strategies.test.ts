import { strategies } from './registry.ts'
import type { Strategy } from './strategy.ts'
import { describeStrategy } from './strategy-suite.ts'

for (const strategy of strategies) describeStrategy(strategy as unknown as Strategy)
