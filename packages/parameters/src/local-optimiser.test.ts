import { randomStream } from '@muster/numerics'
import type { LocalOptimiser } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import { createOptimiser } from './create-optimiser.ts'
import { createLocalOptimiser } from './local-optimiser.ts'
import type { OptimiserUpdate } from './optimiser.ts'

const of = (kind: LocalOptimiser['kind'], momentum = 0): LocalOptimiser => ({
  kind,
  momentum,
  averaging: 'convolutions',
  product: 'exact',
})

test('momentum is Nesterov’s, by hand: the gradient is asked for where the velocity leads', () => {
  const { init, probeAt, step } = createLocalOptimiser(of('momentum', 0.5))
  const x = Float32Array.of(1)
  expect([...probeAt(x, init(1))]).toEqual([1])
  // v = −0.25·2 = −0.5, x = 0.5; then v = 0.5·(−0.5) − 0.5·1 = −0.75, x = −0.25.
  const first = step(x, Float64Array.of(2), null, init(1), 0.25)
  expect([...first.parameters]).toEqual([0.5])
  expect([...probeAt(first.parameters, first.state)]).toEqual([0.25])
  const second = step(first.parameters, Float64Array.of(1), null, first.state, 0.5)
  expect([...second.parameters]).toEqual([-0.25])
  expect(second.state).toEqual({ step: 2, slots: { velocity: Float64Array.of(-0.75) } })
})

test('AdaHessian, by hand: the first step is g over |D| and a little, whatever the decays', () => {
  const { init, step } = createLocalOptimiser(of('adahessian'))
  const { parameters } = step(Float32Array.of(0, 0), Float64Array.of(3, -1), Float64Array.of(2, 0), init(2), 1)
  expect(parameters[0]).toBeCloseTo(-3 / 2.0001, 6)
  // Where there is no curvature at all, ε alone is left.
  expect(parameters[1]).toBeCloseTo(1e4, 1)
})

test('AdaHessian, by hand: both moments over two steps', () => {
  const { init, step } = createLocalOptimiser(of('adahessian'))
  const first = step(Float32Array.of(0), Float64Array.of(1), Float64Array.of(2), init(1), 0.1)
  const second = step(first.parameters, Float64Array.of(-2), Float64Array.of(4), first.state, 0.1)
  const m = (0.9 * 0.1 * 1 + 0.1 * -2) / (1 - 0.9 ** 2)
  const v = (0.999 * 0.001 * 4 + 0.001 * 16) / (1 - 0.999 ** 2)
  expect(second.parameters[0]).toBeCloseTo(first.parameters[0]! - (0.1 * m) / (Math.sqrt(v) + 1e-4), 6)
})

test('SGD and Adam have the bits of the run’s own optimisers', () => {
  for (const kind of ['sgd', 'adam'] as const) {
    const local = createLocalOptimiser(of(kind))
    const run = createOptimiser({ kind, learningRate: 0.1 })
    let ours: OptimiserUpdate = { parameters: Float32Array.of(1, -2, 3), state: local.init(3) }
    let theirs: OptimiserUpdate = { parameters: Float32Array.of(1, -2, 3), state: run.init(3) }
    for (let step = 0; step < 4; step++) {
      const gradient = Float64Array.of(step - 1.5, 0.3 * step, -1)
      ours = local.step(ours.parameters, gradient, null, ours.state, 0.1)
      theirs = run.update(theirs.parameters, gradient, theirs.state, 0.1)
    }
    expect(ours).toEqual(theirs)
  }
})

describe.each((['sgd', 'momentum', 'adam', 'adahessian'] as const).map(kind => of(kind, 0.9)))('$kind', optimiser => {
  const { needsCurvature, init, probeAt, step } = createLocalOptimiser(optimiser)

  test('[OPT7] writes into none of its inputs', () => {
    const { normal } = randomStream('local optimiser')
    const given = {
      x: Float32Array.from({ length: 7 }, normal),
      gradient: Float64Array.from({ length: 7 }, normal),
      diagonal: needsCurvature ? Float64Array.from({ length: 7 }, () => Math.abs(normal())) : null,
    }
    const { state } = step(given.x, given.gradient, given.diagonal, init(7), 0.1)
    const before = structuredClone({ given, state })
    probeAt(given.x, state)
    step(given.x, given.gradient, given.diagonal, state, 0.1)
    expect({ given, state }).toEqual(before)
  })

  test('what does not fit is refused', () => {
    const [x, gradient] = [new Float32Array(2), new Float64Array(2)]
    expect(needsCurvature).toBe(optimiser.kind === 'adahessian')
    expect(() => step(x, new Float64Array(3), gradient, init(2), 0.1)).toThrow('3 numbers for 2 parameters')
    if (needsCurvature) expect(() => step(x, gradient, null, init(2), 0.1)).toThrow('needs a diagonal')
  })
})

test('settings out of range are refused by name', () => {
  expect(() => createLocalOptimiser(of('momentum', 1))).toThrow('optimiser.momentum')
  expect(() => createLocalOptimiser({ ...of('sgd'), kind: 'lamb' as 'sgd' })).toThrow('optimiser.kind')
})
