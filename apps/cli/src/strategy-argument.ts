// A strategy as an operator writes it: `fractional-repetition:s=2`, and its settings as they are explained.

import { OperatorError } from '@muster/coordinator'
import {
  allowedValues,
  readChoice,
  resolveStrategy,
  type SettingDescription,
  type StrategyChoice,
} from '@muster/strategies'

/** @throws OperatorError that names the strategy or setting, its value and what is allowed. */
export function readStrategy(text: string): StrategyChoice {
  const read = readChoice(text)
  if (!read.ok) throw new OperatorError(`--strategy ${read.problem}`)
  const resolved = resolveStrategy(read.choice)
  if (!resolved.ok) throw new OperatorError(resolved.problems.join('\n'))
  return read.choice
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
