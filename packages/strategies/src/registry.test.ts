import { describe, expect, test } from 'vitest'
import { resolveStrategy, strategies } from './registry.ts'

const problemsOf = (choice: Parameters<typeof resolveStrategy>[0]): readonly string[] => {
  const resolved = resolveStrategy(choice)
  return resolved.ok ? [] : resolved.problems
}

describe('registry', () => {
  test('[REG1] every policy by name, completed with its defaults, which it allows itself', () => {
    const names = strategies.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) {
      const resolved = resolveStrategy(name)
      if (!resolved.ok) throw new Error(resolved.problems.join(' '))
      expect(resolved.strategy.name).toBe(name)
      expect(resolved.strategy.meaning.length).toBeGreaterThan(20)
      for (const setting of resolved.strategy.settings) expect(resolved.own[setting.name]).toBe(setting.default)
    }
  })

  test('settings given are kept, the others are completed', () => {
    const resolved = resolveStrategy({ name: 'adaptive-repetition', redundancyMax: 3 })
    expect(resolved.ok && resolved.own).toEqual({ redundancyMin: 1, redundancyMax: 3 })
  })

  test('[REG2] a problem names the field, its value and what is allowed', () => {
    expect(problemsOf('fastest')).toEqual([
      `"strategy" is "fastest"; allowed: ${strategies.map(({ name }) => `"${name}"`).join(', ')}.`,
    ])
    expect(problemsOf({ name: 'fractional-repetition', s: 1.5 })).toEqual([
      '"strategy.s" is 1.5; allowed: a whole number from 0 to 63.',
    ])
    expect(problemsOf({ name: 'timeout', factor: '2' })).toEqual([
      '"strategy.factor" is "2"; allowed: a number from 1 to 20.',
    ])
    expect(problemsOf({ name: 'full-synchrony', r: 2 })).toEqual([
      '"strategy.r" is no setting of full-synchrony; allowed: none.',
    ])
    expect(problemsOf({ name: 'fractional-repetition', S: 2 })).toEqual([
      '"strategy.S" is no setting of fractional-repetition; allowed: "s".',
    ])
    expect(problemsOf({ name: 'fractional-repetition', s: Number.NaN }).length).toBe(1)
    expect(problemsOf({ name: 'adaptive-repetition', redundancyMin: 0, redundancyMax: 65, q: true }).length).toBe(3)
  })
})
