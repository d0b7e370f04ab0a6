import { randomStream } from '@muster/numerics'
import { describe, expect, test } from 'vitest'
import { isExact } from './code.ts'
import { screenedCyclicRepetition } from './cyclic-repetition.ts'
import { leastSquaresDecoding } from './decode.ts'
import { describeGradientCode, norm, sum } from './gradient-code-suite.ts'
import { codeAtLevel, type NestedAnswer, type NestedCyclicCode, nestedCyclicCode } from './nested-cyclic.ts'

const kinds = [
  ['independent', false],
  ['mixed', true],
] as const

for (const [kind, isMixed] of kinds) {
  const small = nestedCyclicCode(7, 6, isMixed)
  for (let level = 0; level <= 6; level++) {
    describeGradientCode(`nested cyclic, ${kind}, n = 7, s = ${level}`, codeAtLevel(small, level))
  }
  describeGradientCode(`nested cyclic, ${kind}, n = 16, s = 7`, codeAtLevel(nestedCyclicCode(16, 7, isMixed), 7))
  describeGradientCode(`nested cyclic, ${kind}, n = 64, s = 4`, codeAtLevel(nestedCyclicCode(64, 7, isMixed), 4))
}

describe.each(kinds)('nested cyclic code, %s', (_kind, isMixed) => {
  test('[G6] row i of level s holds the first s + 1 partitions of one task order; level 0 is the identity', () => {
    const code = nestedCyclicCode(9, 5, isMixed)
    for (let s = 0; s <= 5; s++) {
      code.rows(s).forEach((row, i) => {
        expect(row.partitions).toEqual(Array.from({ length: s + 1 }, (_, m) => (i + m) % 9))
        expect(row.weights.every(weight => weight !== 0)).toBe(true)
        if (s === 0) expect(row.weights).toEqual([1])
      })
    }
  })

  test('[G3] n − s − 1 answers of a level are refused', () => {
    const code = nestedCyclicCode(12, 5, isMixed)
    const draw = randomStream('too-few', String(isMixed))
    for (let c = 0; c < 200; c++) {
      const level = draw.integer(6)
      const workers = [...draw.permutation(12)].slice(0, 11 - level)
      expect(code.decode(workers.map(worker => ({ worker, level })))).toBeUndefined()
    }
  })

  test('[G5] what amplifies too much is decoded and told, and the guard refuses it', () => {
    const code = codeAtLevel(nestedCyclicCode(32, 7, isMixed), 7)
    const draw = randomStream('guard', String(isMixed))
    let refused = 0
    for (let c = 0; c < 200; c++) {
      const decoding = code.decode([...draw.permutation(32)].slice(7))!
      expect(decoding.residual).toBeLessThanOrEqual(1e-8)
      expect(isExact(decoding, 1)).toBe(true)
      if (!isExact(decoding)) refused++
    }
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(200)
  })

  test('the same code is built again, order and repetition of answers do not matter', () => {
    const answers = [5, 3, 0, 1, 7, 2].map(worker => ({ worker, level: 2 }))
    const expected = nestedCyclicCode(8, 3, isMixed).decode(answers)
    expect(expected).toBeDefined()
    expect(nestedCyclicCode(8, 5, isMixed).decode([...answers, ...answers].reverse())).toEqual(expected)
  })

  test('a level or tolerance that is none is refused', () => {
    expect(() => nestedCyclicCode(4, 4, isMixed)).toThrow(RangeError)
    expect(() => nestedCyclicCode(4, 2, isMixed).rows(3)).toThrow(RangeError)
  })
})

describe('answers of different levels', () => {
  test('[G7] mixed: one answer per worker decodes exactly when for some s at least n − s are at level s or deeper', () => {
    let decoded = 0
    for (let c = 0; c < 2500; c++) {
      const { code, answers, levels } = randomPattern(c, true)
      const { workers: n, toleranceMax: sMax } = code
      const expected = Array.from({ length: sMax + 1 }, (_, s) => levels.filter(level => level >= s).length >= n - s)
      const decoding = code.decode(answers)
      const label = `n = ${n}, sMax = ${sMax}, levels ${levels}`
      expect(decoding !== undefined, label).toBe(expected.some(Boolean))
      expect(solvable(code, answers), label).toBe(expected.some(Boolean))
      if (decoding !== undefined) {
        decoded++
        expectExact(code, decoding)
      }
    }
    expect(decoded).toBeGreaterThan(1000)
    expect(decoded).toBeLessThan(2000)
  })

  test('[G7] independent: n − s answers of one level decode, and whatever else least squares can solve', () => {
    let byRule = 0
    for (let c = 0; c < 1000; c++) {
      const { code, answers, levels } = randomPattern(c, false)
      const { workers: n, toleranceMax: sMax } = code
      const decoding = code.decode(answers)
      expect(decoding !== undefined, `n = ${n}, sMax = ${sMax}, levels ${levels}`).toBe(solvable(code, answers))
      if (Array.from({ length: sMax + 1 }, (_, s) => levels.filter(l => l === s).length >= n - s).some(Boolean)) {
        byRule++
        expect(decoding).toBeDefined()
      }
      if (decoding !== undefined) expectExact(code, decoding)
    }
    expect(byRule).toBeGreaterThan(100)
  })

  test('[G7] several answers of a worker: nothing solvable is missed', () => {
    for (const isMixed of [false, true]) {
      for (let c = 0; c < 500; c++) {
        const draw = randomStream('several', c)
        const n = 2 + draw.integer(7)
        const code = nestedCyclicCode(n, draw.integer(n), isMixed)
        const share = draw.uniform()
        const answers: NestedAnswer[] = []
        for (let worker = 0; worker < n; worker++) {
          for (let level = 0; level <= code.toleranceMax; level++)
            if (draw.uniform() < share) answers.push({ worker, level })
        }
        const decoding = code.decode(answers)
        expect(decoding !== undefined, `${isMixed} n = ${n} ${JSON.stringify(answers)}`).toBe(solvable(code, answers))
        if (decoding !== undefined) expectExact(code, decoding)
      }
    }
  })

  test('of several ways to decode the one that amplifies least is taken', () => {
    for (const isMixed of [false, true]) {
      const both = Array.from({ length: 8 }, (_, worker) => [
        { worker, level: 0 },
        { worker, level: 3 },
      ]).flat()
      expect(nestedCyclicCode(8, 3, isMixed).decode(both)?.amplification).toBeCloseTo(1, 9)
    }
  })
})

describe('screened draws', () => {
  test('amplify less than single draws, over patterns they were not chosen by', () => {
    const draw = randomStream('held-out')
    const missing = Array.from({ length: 200 }, () => new Set([...draw.permutation(16)].slice(0, 5)))
    const code = screenedCyclicRepetition(16, 5)
    const amplifications = missing
      .map(gone => code.decode([...code.rows.keys()].filter(i => !gone.has(i)))!.amplification)
      .sort((one, other) => one - other)
    expect(amplifications[100]).toBeLessThan(20)
    expect(amplifications[180]).toBeLessThan(84)
  })
})

/** One answer per worker; some have none. */
function randomPattern(c: number, isMixed: boolean) {
  const draw = randomStream('level-patterns', c, String(isMixed))
  const n = 2 + draw.integer(11)
  const code = nestedCyclicCode(n, draw.integer(n), isMixed)
  const silent = 0.3 * draw.uniform()
  const usual = draw.integer(code.toleranceMax + 1)
  const sameness = draw.uniform()
  const levels = Array.from({ length: n }, () => {
    if (draw.uniform() < silent) return -1
    return draw.uniform() < sameness ? usual : draw.integer(code.toleranceMax + 1)
  })
  return { code, levels, answers: levels.flatMap((level, worker) => (level < 0 ? [] : [{ worker, level }])) }
}

/** By dense least squares over every answer, the oracle. */
function solvable(code: NestedCyclicCode, answers: readonly NestedAnswer[]): boolean {
  const rows = answers.map(({ worker, level }) => code.rows(level)[worker]!)
  return leastSquaresDecoding(rows, code.workers, [...rows.keys()]).residual <= 1e-8
}

/** The sum itself, in Float64, from the terms and the rows they name. */
function expectExact(
  code: NestedCyclicCode,
  { terms, amplification }: NonNullable<ReturnType<NestedCyclicCode['decode']>>,
) {
  const draw = randomStream('partials')
  const partial = Array.from({ length: code.workers }, () => Float64Array.from({ length: 4 }, draw.normal))
  const whole = sum(partial.map(gradient => [1, gradient]))
  const decoded = sum(
    terms.map(({ worker, level, weight }) => {
      const row = code.rows(level)[worker]!
      return [weight, sum(row.partitions.map((j, m) => [row.weights[m]!, partial[j]!]))]
    }),
  )
  const difference = sum([
    [1, decoded],
    [-1, whole],
  ])
  expect(norm(difference)).toBeLessThanOrEqual(1e-8 * norm(whole) + 1e-12 * amplification)
}
