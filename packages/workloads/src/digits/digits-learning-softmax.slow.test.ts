import { expect, test } from 'vitest'
import { useInstalledWasm } from '../node-wasm.ts'
import { startBackend } from '../start-backend.ts'
import { accuracyAfterTraining } from './learning-trial.ts'

test.each([1, 2, 3])('after 30 passes softmax regression is right 75 to 92 times in 100 (seed %i)', async seed => {
  useInstalledWasm()
  expect((await startBackend({ prefer: 'wasm' })).name).toBe('wasm')
  const accuracy = await accuracyAfterTraining({ kind: 'softmax-regression' }, 0.1, seed)
  expect(accuracy).toBeGreaterThan(0.75)
  expect(accuracy).toBeLessThan(0.92)
})
