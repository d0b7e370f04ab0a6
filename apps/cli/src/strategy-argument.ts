// A strategy as an operator writes it: `fractional-repetition:s=2`, and its settings as they are explained.

import { OperatorError } from '@muster/coordinator'
import { allowedValues, resolveStrategy, type SettingDescription, type StrategyChoice } from '@muster/strategies'

/** @throws OperatorError that names the strategy or setting, its value and what is allowed. */
export function readStrategy(text: string): StrategyChoice {
  const [name = '', ...rest] = text.split(':')
  const settings: Record<string, number | string> = {}
  for (const pair of rest.length === 0 ? [] : rest.join(':').split(',')) {
    const [key = '', value = '', ...more] = pair.split('=').map(part => part.trim())
    if (key === '' || value === '' || more.length > 0) {
      throw new OperatorError(`--strategy has ${JSON.stringify(pair)}; allowed: "name:setting=value,setting=value".`)
    }
    if (key in settings) throw new OperatorError(`--strategy has "${key}" twice; allowed: once.`)
    settings[key] = Number.isNaN(Number(value)) ? value : Number(value)
  }
  const choice: StrategyChoice = { ...settings, name: name.trim() }
  const resolved = resolveStrategy(choice)
  if (!resolved.ok) throw new OperatorError(resolved.problems.join('\n'))
  return choice
}

export function writeStrategy(choice: StrategyChoice): string {
  if (typeof choice === 'string') return choice
  const { name, ...settings } = choice
  const pairs = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? name : `${name}:${pairs.join(',')}`
}

/** A line for each setting, and for a choice one for each of its options. */
export function explainSettings(
  settings: readonly SettingDescription[],
  own: Readonly<Record<string, unknown>>,
  margin: string,
): string[] {
  return settings.flatMap(setting => [
    `${margin}${setting.name} = ${own[setting.name] ?? setting.default}   ${setting.meaning} (${allowedValues(setting)})`,
    ...('options' in setting ? setting.options.map(({ value, meaning }) => `${margin}    ${value}: ${meaning}`) : []),
  ])
}
