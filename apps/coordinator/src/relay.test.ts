import { limits } from '@muster/protocol'
import { expect, test } from 'vitest'
import { createRelay } from './relay.ts'

const name = (iteration: number) => ({ generation: 1, iteration, degree: 1, purpose: 'mix' as const })

test('[PEER7] who floods is not passed on, until a moment later; others are', () => {
  const relay = createRelay()
  let admitted = 0
  for (let i = 0; i < 10 * limits.relayedAtOnceMax; i++) if (relay.admit('loud', 1, 0)) admitted++
  expect(admitted).toBe(limits.relayedAtOnceMax)
  expect(relay.admit('quiet', 1, 0)).toBe(true)
  expect(relay.admit('loud', 1, 1000)).toBe(true)
})

test('of each peer the last estimates are kept, by name; of one who left none', () => {
  const relay = createRelay()
  for (let i = 0; i < 10; i++) relay.hold('a', name(i), Uint8Array.of(i))
  expect(relay.find('a', name(9))).toEqual(Uint8Array.of(9))
  expect(relay.find('a', name(6))).toBeUndefined()
  expect(relay.find('b', name(9))).toBeUndefined()
  expect(relay.find('a', { ...name(9), purpose: 'start' })).toBeUndefined()
  relay.forget('a')
  expect(relay.find('a', name(9))).toBeUndefined()
})
