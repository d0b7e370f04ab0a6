import type { Strategy } from '../strategy.ts'
import { describeStrategy } from '../strategy-suite.ts'
import { dynamicBackupWorkers } from './dynamic-backup-workers.ts'

const strategy = dynamicBackupWorkers as unknown as Strategy

describeStrategy(strategy, { decider: 'coordinator', topology: 'ring', shard: 'blocks', every: 1 })
describeStrategy(strategy, { waitFor: 'all-but', backups: 1, topology: 'complete' })
