import { randomStream } from '@muster/numerics'
import { describe, expect, test } from 'vitest'
import { createOptimiser, type OptimiserSpec, optimiserKinds } from './create-optimiser.ts'
import type { OptimiserState } from './optimiser.ts'
import { optimiserStateFrom, optimiserTensors } from './optimiser-tensors.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

const specs: OptimiserSpec[] = [
  { kind: 'sgd', learningRate: 0.1 },
  { kind: 'momentum', learningRate: 0.1, momentum: 0.9 },
  { kind: 'adam', learningRate: 0.01 },
  { kind: 'adamw', learningRate: 0.01 },
]

const composed: OptimiserSpec[] = [
  { ...specs[0]!, clipNorm: 2, l2: 0.01, schedule: { kind: 'steps', every: 5, factor: 0.5 } },
  { ...specs[1]!, clipNorm: 2, l2: 0.01, schedule: { kind: 'cosine', rounds: 18, warmUp: 3 } },
  { ...specs[3]!, clipNorm: 2, l2: 0.01, schedule: { kind: 'constant', warmUp: 14 } },
]

/** Parameters after each of the gradients, from (1, −2). */
function walk(spec: OptimiserSpec, gradients: number[][], rates: number[] = gradients.map(() => spec.learningRate)) {
  const optimiser = createOptimiser(spec)
  let parameters: Float32Array = Float32Array.of(1, -2)
  let state = optimiser.init(2)
  return gradients.map((gradient, i) => {
    ;({ parameters, state } = optimiser.update(parameters, Float64Array.from(gradient), state, rates[i]!))
    return [...parameters]
  })
}

const rounded = (...values: number[]) => [...Float32Array.from(values)]

test('sgd, by hand, with a rate that changes', () => {
  const gradients = [
    [2, -4],
    [1, 1],
  ]
  expect(walk(specs[0]!, gradients, [0.25, 0.5])).toEqual([
    [0.5, -1],
    [0, -1.5],
  ])
})

test('momentum, by hand: velocities (2, −4), then (2, −1)', () => {
  const gradients = [
    [2, -4],
    [1, 1],
  ]
  expect(walk({ kind: 'momentum', learningRate: 0.25, momentum: 0.5 }, gradients, [0.25, 0.5])).toEqual([
    [0.5, -1],
    [-0.5, -0.5],
  ])
})

test('adam, by hand: the first step has the length of the rate, the second weighs both gradients', () => {
  const [first, second] = walk({ kind: 'adam', learningRate: 0.1, beta1: 0.5, beta2: 0.5, epsilon: 1e-30 }, [
    [2, -4],
    [0, 4],
  ])
  expect(first).toEqual(rounded(0.9, -1.9))
  // m = 0.5·1 + 0 = 0.5, m̂ = 0.5/0.75 = 2/3;  v = 0.5·2 = 1, v̂ = 1/0.75 = 4/3
  // m = 0.5·(−2) + 2 = 1, m̂ = 4/3;  v = 0.5·8 + 8 = 12, v̂ = 16
  expect(second![0]).toBeCloseTo(0.9 - (0.1 * 2) / 3 / Math.sqrt(4 / 3), 6)
  expect(second![1]).toBeCloseTo(-1.9 - (0.1 * 4) / 3 / 4, 6)
})

test('adam has its paper’s defaults', () => {
  const gradients = [
    [0.3, -0.7],
    [0.1, 0.2],
  ]
  const written: OptimiserSpec = { kind: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
  expect(walk(specs[2]!, gradients)).toEqual(walk(written, gradients))
})

describe.each([...specs, ...composed])('%j', spec => {
  const optimiser = createOptimiser(spec)
  const count = 33
  const gradient = (step: number) =>
    Float64Array.from({ length: count }, () => 0).map(randomStream('gradient', step).normal)
  const start = () => Float32Array.from({ length: count }, randomStream('start').normal)

  function train(parameters: Float32Array, state: OptimiserState, from: number, to: number) {
    let at = { parameters, state }
    for (let step = from; step < to; step++)
      at = optimiser.update(at.parameters, gradient(step), at.state, spec.learningRate)
    return at
  }

  test('[OPT7] writes into none of its inputs', () => {
    const parameters = start()
    const { state } = train(parameters, optimiser.init(count), 0, 3)
    const slope = gradient(4)
    const before = structuredClone({ parameters, state, slope })
    const next = optimiser.update(parameters, slope, state, spec.learningRate)
    expect({ parameters, state, slope }).toEqual(before)
    const inputs = new Set([parameters, slope, ...Object.values(state.slots)].map(array => array.buffer))
    for (const array of [next.parameters, ...Object.values(next.state.slots)])
      expect(inputs.has(array.buffer)).toBe(false)
    expect(next.state.step).toBe(4)
  })

  test('[OPT7] a run resumed from a file has the bits of one that never stopped', () => {
    const whole = train(start(), optimiser.init(count), 0, 20)
    const half = train(start(), optimiser.init(count), 0, 11)
    const bytes = encodeSafetensors([
      { name: 'parameters', dtype: 'F32', shape: [count], data: half.parameters },
      ...optimiserTensors(half.state),
    ])
    const { tensors } = decodeSafetensors(bytes)
    const parameters = tensors.find(({ name }) => name === 'parameters')!.data as Float32Array
    const state = optimiserStateFrom(tensors)
    expect(state).toEqual(half.state)
    expect(train(parameters, state, 11, 20)).toEqual(whole)
  })

  test('refuses pieces that do not fit', () => {
    const parameters = start()
    const state = optimiser.init(count)
    expect(() => optimiser.update(parameters, new Float64Array(2), state, 0.1)).toThrow('a gradient of 2 numbers')
    expect(() => optimiser.update(parameters, gradient(0), state, Number.NaN)).toThrow('learning rate')
    const foreign = { step: 0, slots: { other: new Float64Array(count) } }
    expect(() => optimiser.update(parameters, gradient(0), foreign, 0.1)).toThrow('the state has [other of 33]')
  })
})

test('settings out of range are refused by name', () => {
  expect(specs.map(({ kind }) => kind)).toEqual(optimiserKinds)
  expect(() => createOptimiser({ kind: 'sgd', learningRate: 0 })).toThrow('optimiser.learningRate must be above 0')
  expect(() => createOptimiser({ kind: 'momentum', learningRate: 1, momentum: 1 })).toThrow('optimiser.momentum')
  expect(() => createOptimiser({ kind: 'adam', learningRate: 1, beta2: -1 })).toThrow('optimiser.beta2')
  expect(() => createOptimiser({ kind: 'adam', learningRate: 1, epsilon: Number.NaN })).toThrow('optimiser.epsilon')
  expect(() => createOptimiser({ kind: 'rms', learningRate: 1 } as unknown as OptimiserSpec)).toThrow(
    'one of sgd, momentum, adam, adamw, not "rms"',
  )
})

test('a state with a piece missing or of another kind is refused', () => {
  const [step, velocity] = optimiserTensors(createOptimiser(specs[1]!).init(2))
  expect(() => optimiserStateFrom([velocity!])).toThrow('optimiser.step')
  const single = { ...velocity!, dtype: 'F32' as const, data: new Float32Array(2) }
  expect(() => optimiserStateFrom([step!, single])).toThrow('optimiser.velocity must be F64')
})
