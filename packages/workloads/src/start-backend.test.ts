import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { useInstalledWasm } from './node-wasm.ts'
import { startBackend } from './start-backend.ts'

test('without graphics, WebAssembly runs and the notes say why nothing better does', async () => {
  useInstalledWasm()
  const { name, notes } = await startBackend()
  expect(name).toBe('wasm')
  expect(tf.getBackend()).toBe('wasm')
  expect(notes.map(note => note.backend)).toEqual(['webgpu', 'webgl'])
  for (const { whyNot } of notes) expect(whyNot).toMatch(/^[A-Z].*\.$/)
})

test('a preference that cannot be met falls back in order', async () => {
  useInstalledWasm()
  const { name, notes } = await startBackend({ prefer: 'webgl' })
  expect(name).toBe('wasm')
  expect(notes.map(note => note.backend)).toEqual(['webgl', 'webgpu'])
})

test('a preference that can be met needs no notes', async () => {
  expect(await startBackend({ prefer: 'cpu' })).toEqual({ name: 'cpu', notes: [] })
})
