import { beforeAll, expect, test } from 'vitest'
import type { GradientComputer } from './gradient-computer.ts'
import { networkOf } from './model.ts'
import { sampleTokens } from './sample-text.ts'
import { startBackend } from './start-backend.ts'
import { createGradientComputer } from './tensorflow-computer.ts'

const spec = { kind: 'transformer', blocks: 1, heads: 1, width: 4, window: 3, dropout: 0 } as const
let computer: GradientComputer

beforeAll(async () => {
  await startBackend({ prefer: 'cpu' })
  const network = networkOf(spec, { inputShape: [], classes: 5 })
  computer = createGradientComputer(network)
  // All parameters zero but the logits' bias: the token 3 is far likelier than any other, whatever came before.
  const flat = new Float32Array(network.parameterCount)
  flat[network.tensors.find(({ name }) => name === 'logits/bias')!.offset + 3] = 50
  computer.loadParameters(flat)
})

test('a text model writes as many tokens as asked for, beyond its window too', async () => {
  expect(await sampleTokens(computer, [0], 7)).toEqual([3, 3, 3, 3, 3, 3, 3])
})

test('the warmer, the more it strays; the same seed writes the same', async () => {
  const warm = { temperature: 40, seed: 2 }
  const text = await sampleTokens(computer, [1, 2], 40, warm)
  expect(new Set(text).size).toBeGreaterThan(2)
  expect(await sampleTokens(computer, [1, 2], 40, warm)).toEqual(text)
  expect(await sampleTokens(computer, [1, 2], 40, { ...warm, seed: 3 })).not.toEqual(text)
})
