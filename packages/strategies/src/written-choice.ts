// A choice of a strategy as one line of text, for commands and for the record: `fractional-repetition:s=2`.

import type { StrategyChoice } from './registry.ts'
import type { SettingValue } from './strategy.ts'

export type ReadChoice =
  | { readonly ok: true; readonly choice: StrategyChoice }
  | { readonly ok: false; readonly problem: string }

export function writeChoice(choice: StrategyChoice): string {
  if (typeof choice === 'string') return choice
  const { name, ...settings } = choice
  const pairs = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? name : `${name}:${pairs.join(',')}`
}

/** Only the form is judged here: whether there is such a strategy, and whether it has such settings, `resolveStrategy` says. */
export function readChoice(text: string): ReadChoice {
  const [name = '', ...rest] = text.split(':')
  const settings: Record<string, SettingValue> = {}
  for (const pair of rest.length === 0 ? [] : rest.join(':').split(',')) {
    const [key = '', value = '', ...more] = pair.split('=').map(part => part.trim())
    if (key === '' || value === '' || more.length > 0)
      return { ok: false, problem: `has ${JSON.stringify(pair)}; allowed: "name:setting=value,setting=value".` }
    if (key in settings) return { ok: false, problem: `has "${key}" twice; allowed: once.` }
    settings[key] = Number.isNaN(Number(value)) ? value : Number(value)
  }
  return { ok: true, choice: { ...settings, name: name.trim() } }
}
