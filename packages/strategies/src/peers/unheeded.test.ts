import { type Arrangement, workerId } from '@muster/vocabulary'
import { expect, test } from 'vitest'
import type { StrategyEffect, StrategyOccurrence } from '../strategy.ts'
import { dynamicBackupWorkers as strategy } from './dynamic-backup-workers.ts'

const own = Object.fromEntries(strategy.settings.map(setting => [setting.name, setting.default]))
const moment = (at: number) => ({ at, round: 0, modelVersion: 0 })

test('peers that know an arrangement of another time are arranged anew, and begin with the model', () => {
  let state = strategy.start({ partitions: 4, segments: 1, leaseMs: 5000, own })
  const told: Arrangement[] = []
  const take = ([next, effects]: readonly [typeof state, readonly StrategyEffect[]]) => {
    state = next
    for (const effect of effects)
      if (effect.type === 'tell-peer' && effect.word.type === 'arranged') told.push(effect.word)
  }
  const tell = (at: number, occurrence: StrategyOccurrence) =>
    take(strategy.step(state, { ...occurrence, ...moment(at) }))
  for (const name of ['a', 'b']) {
    const capabilities = { backend: 'cpu', msPerPartition: 1, deviceShare: 1 } as const
    tell(0, { type: 'worker-joined', worker: workerId(name), capabilities })
  }
  tell(500, { type: 'timer-fired', timer: 'late' })
  expect(told.map(({ generation }) => generation)).toEqual([1, 1])
  for (const name of ['a', 'b']) {
    const report = { type: 'standing', iterations: 90, generation: 41 } as const
    take(strategy.hearPeer!(state, { worker: workerId(name), report, ...moment(510) }))
  }
  tell(1100, { type: 'timer-fired', timer: 'late' })
  expect(told.slice(2)).toMatchObject([
    { generation: 42, keepsEstimate: false, sources: [] },
    { generation: 42, keepsEstimate: false, sources: [] },
  ])
  // Whoever comes back and has kept its estimate goes on with it.
  tell(1200, { type: 'worker-left', worker: workerId('b'), reason: 'closed' })
  const capabilities = { backend: 'cpu', msPerPartition: 1, deviceShare: 1 } as const
  tell(1210, { type: 'worker-joined', worker: workerId('b'), capabilities })
  const report = { type: 'standing', iterations: 95, generation: 42 } as const
  take(strategy.hearPeer!(state, { worker: workerId('b'), report, ...moment(1211) }))
  tell(2000, { type: 'timer-fired', timer: 'late' })
  expect(told.slice(4).every(({ keepsEstimate, generation }) => keepsEstimate && generation > 42)).toBe(true)
})
