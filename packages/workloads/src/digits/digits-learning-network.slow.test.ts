import { expect, test } from 'vitest'
import { useInstalledWasm } from '../node-wasm.ts'
import { startBackend } from '../start-backend.ts'
import { accuracyAfterTraining } from './learning-trial.ts'

test.each([1, 2, 3])(
  'after 30 passes a network of 64 tanh units is right more than 95 times in 100 (seed %i)',
  async seed => {
    useInstalledWasm()
    expect((await startBackend({ prefer: 'wasm' })).name).toBe('wasm')
    const accuracy = await accuracyAfterTraining({ kind: 'mlp', hidden: [64], activation: 'tanh' }, 0.4, seed)
    expect(accuracy).toBeGreaterThan(0.95)
  },
)
