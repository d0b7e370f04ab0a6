// In a file of its own, so that another core judges it.

import { strategies } from './registry.ts'
import type { Strategy } from './strategy.ts'
import { describeStrategy } from './strategy-suite.ts'

const named = (name: string) => strategies.find(strategy => strategy.name === name) as unknown as Strategy
describeStrategy(named('adaptive-bounded-staleness'), { k0: 2, rule: 'plateau', c: 1, localSteps: 3, momentum: 0.5 })
describeStrategy(named('adaptive-bounded-staleness'), { k0: 1, rule: 'ratio', data: 'shared', partitionsPerStep: 2 })
describeStrategy(named('adaptive-bounded-staleness'), { rule: 'fixed', c: 0.5, starvedAfter: 1, damping: 'inverse' })
describeStrategy(named('stale-synchronous'), { lead: 0, localSteps: 2 })
describeStrategy(named('k-synchronous'), { k: 1, data: 'shared' })
