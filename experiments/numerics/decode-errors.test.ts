import { beforeAll, describe, expect, test } from 'vitest'
import { type CodeName, type DecodeErrors, decodeErrorTable, referenceErrors } from './decode-errors.ts'

describe('[X7] digits lost in decoding', () => {
  let rows: DecodeErrors[] = []
  const of = (code: CodeName) => rows.filter(row => row.code === code)
  beforeAll(() => {
    rows = decodeErrorTable()
  })

  test('repetition and tree lose none: errors ≤ 1e-6, A = 1, as the reference has it', () => {
    for (const { n, s, worstError, worstAmplification, exactShare } of [...of('repetition'), ...of('tree')]) {
      const { repetition } = referenceErrors.find(row => row.n === n && row.s === s)!
      expect(worstError).toBeLessThanOrEqual(1e-6)
      expect(worstError).toBeLessThanOrEqual(2 * repetition)
      expect(worstAmplification).toBe(1)
      expect(exactShare).toBe(1)
    }
  })

  test('every code decodes every pattern, also with answers of mixed levels', () => {
    for (const { worstResidual } of rows) expect(worstResidual).toBeLessThanOrEqual(1e-8)
  })

  test('the guard refuses what is lost: an error it lets pass is within twice its bound', () => {
    // Twice: it knows A, not how far the partial gradients cancel in the sum.
    for (const { worstExactError } of rows) expect(worstExactError).toBeLessThanOrEqual(2e-5)
    for (const { n, code, worstError, exactShare } of rows) {
      if (worstError > 2e-5) expect(exactShare, `${code}, n = ${n}`).toBeLessThan(1)
    }
    expect(rows.some(({ worstError }) => worstError > 1e-4)).toBe(true)
  })

  test('Gaussian codes of up to 16 workers are usable once screened, larger ones are not', () => {
    for (const code of ['cyclic screened', 'nested cyclic', 'nested H'] as const) {
      for (const { n, s, exactShare, medianError } of of(code)) {
        if (n <= 16) {
          expect(exactShare, `${code}, n = ${n}, s = ${s}`).toBeGreaterThan(0.9)
          expect(medianError).toBeLessThan(1e-6)
        }
        if (n === 64) expect(exactShare, `${code}, n = ${n}, s = ${s}`).toBeLessThan(0.9)
      }
    }
  })

  test('screening lowers the usual amplification', () => {
    const usual = (code: CodeName) =>
      of(code).reduce((sum, { medianAmplification }) => sum + Math.log(medianAmplification), 0) / of(code).length
    expect(usual('cyclic screened')).toBeLessThan(usual('cyclic') - Math.log(1.5))
  })
})
