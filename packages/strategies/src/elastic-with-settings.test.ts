// In a file of its own, so that another core judges it.

import { elasticAveraging } from './elastic/elastic-averaging.ts'
import type { Strategy } from './strategy.ts'
import { describeStrategy } from './strategy-suite.ts'

const elastic = elasticAveraging as unknown as Strategy
describeStrategy(elastic, { weights: 'fixed', overlap: 0, localSteps: 1, localOptimiser: 'momentum' })
describeStrategy(elastic, { movingRate: 0.5, warmUp: 0, memory: 1, range: 0.01, comparison: 'none' })
describeStrategy(elastic, { overlap: 0.5, partitionsPerStep: 5, localSteps: 3, afterReset: 'keep' })
