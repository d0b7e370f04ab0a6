import { encodeSamples, makeDigits } from '@muster/workloads'
import { expect, test } from 'vitest'
import { createPartitionStore } from './partition-store.ts'

const bytes = encodeSamples(makeDigits({ seed: 1, trainCount: 10, testCount: 1 }).train)

test('[VOL4] a partition is fetched once while it fits; the least recently used one goes first', async () => {
  const fetched: string[] = []
  const store = createPartitionStore(async path => {
    fetched.push(path.slice(-1))
    return bytes
  }, 2 * bytes.byteLength)
  for (const hash of ['a', 'b', 'a', 'c', 'a', 'b']) await store.get(hash)
  expect(fetched).toEqual(['a', 'b', 'c', 'b'])
})

test('[VOL4] a failed download is tried again when it is next needed; two askers share one download', async () => {
  let calls = 0
  const store = createPartitionStore(async () => {
    calls++
    if (calls === 1) throw new Error('offline')
    return bytes
  }, 1e9)
  await expect(store.get('a')).rejects.toThrow('offline')
  const [one, other] = await Promise.all([store.get('a'), store.get('a')])
  expect(one).toBe(other)
  expect(calls).toBe(2)
})
