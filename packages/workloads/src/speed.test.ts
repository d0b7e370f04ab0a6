import * as tf from '@tensorflow/tfjs'
import { test } from 'vitest'
import { checkBatch, checkParameters } from './gradient-computer-checks.ts'
import { networkOf } from './model.ts'
import { useInstalledWasm } from './node-wasm.ts'
import { startBackend } from './start-backend.ts'
import { createGradientComputer } from './tensorflow-computer.ts'

const conv = (filters: number, size: number, padding = 'valid') => ({
  layer: 'conv2d',
  filters,
  kernelSize: [size, size],
  strides: [1, 1],
  padding,
  activation: 'relu',
  useBias: true,
})
const pool = { layer: 'max-pooling2d', poolSize: [2, 2], strides: [2, 2], padding: 'valid' }
const dense = (units: number) => ({ layer: 'dense', units, activation: 'relu', useBias: true })
const cases: any[] = [
  ['mlp', { kind: 'mlp', hidden: [128], activation: 'tanh' }, { inputShape: [28, 28], classes: 10 }, 64],
  [
    'mnist-cnn',
    { kind: 'stack', layers: [conv(8, 5), pool, conv(16, 5), pool, { layer: 'flatten' }, dense(64)] },
    { inputShape: [28, 28], classes: 10 },
    64,
  ],
  [
    'mnist-cnn3',
    { kind: 'stack', layers: [conv(8, 3), pool, conv(16, 3), pool, { layer: 'flatten' }, dense(64)] },
    { inputShape: [28, 28], classes: 10 },
    64,
  ],
  [
    'disco',
    {
      kind: 'stack',
      layers: [conv(8, 5), conv(16, 5), pool, { layer: 'dropout', rate: 0.25 }, { layer: 'flatten' }, dense(32)],
    },
    { inputShape: [28, 28, 3], classes: 10 },
    64,
  ],
  [
    'shakespeare',
    { kind: 'transformer', blocks: 4, heads: 4, width: 64, window: 64, dropout: 0 },
    { inputShape: [], classes: 65 },
    16,
  ],
]
test('speed', async () => {
  useInstalledWasm()
  await startBackend({ prefer: 'wasm' })
  for (const [title, spec, data, batchSize] of cases) {
    const network = networkOf(spec, data)
    const g = { title, network, batchSize }
    const c = createGradientComputer(network)
    c.loadParameters(checkParameters(g))
    const s = c.newSum()
    const b = checkBatch(g)
    for (let i = 0; i < 3; i++) await s.add(b)
    const t: number[] = []
    for (let i = 0; i < 7; i++) {
      const a = performance.now()
      await s.add(b)
      t.push(performance.now() - a)
    }
    t.sort((x, y) => x - y)
    const a = performance.now()
    await c.logits(b)
    const f = performance.now() - a
    console.log(
      title,
      network.parameterCount,
      'params',
      'batch',
      batchSize,
      'median ms',
      t[3]!.toFixed(1),
      'min',
      t[0]!.toFixed(1),
      'forward',
      f.toFixed(1),
    )
    const profile = await tf.profile(() =>
      tf.tidy(() => {
        void s.add(b)
      }),
    )
    const by = new Map<string, [number, number]>()
    for (const k of profile.kernels) {
      const e = by.get(k.name) ?? [0, 0]
      const ms = Number(await (k.kernelTimeMs as any))
      by.set(k.name, [e[0] + 1, e[1] + ms])
    }
    console.log(
      [...by]
        .sort((x, y) => y[1][1] - x[1][1])
        .slice(0, 9)
        .map(([n, [q, ms]]) => `${n}×${q} ${ms.toFixed(1)}`)
        .join(', '),
    )
  }
}, 300000)
