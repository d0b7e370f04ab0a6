// A strategy's settings between the form, where all is text, and the command: what stands there first, what is sent.

import type { Command, SettingDescription, Snapshot, StrategyList } from '@muster/protocol'

export type StrategyChoice = StrategyList[number]
export type SetStrategy = Extract<Command, { command: 'set-strategy' }>
export type NumberSetting = Extract<SettingDescription, { min: number }>

/** By the name of the setting. */
export type Texts = Readonly<Record<string, string>>

export const isNumberSetting = (setting: SettingDescription): setting is NumberSetting => 'min' in setting

/** The values in force where this strategy is, else its defaults. */
export function firstTexts(choice: StrategyChoice, inForce: Pick<Snapshot['strategy'], 'name' | 'settings'>): Texts {
  const values = choice.name === inForce.name ? inForce.settings : {}
  return Object.fromEntries(choice.settings.map(setting => [setting.name, firstText(setting, values[setting.name])]))
}

function firstText(setting: SettingDescription, value: number | string | boolean | undefined): string {
  if (isNumberSetting(setting)) return writeSetting(typeof value === 'number' ? value : setting.default)
  const isOption = setting.options.some(option => option.value === value)
  return isOption ? String(value) : setting.default
}

export type SettingsReading =
  | { readonly command: SetStrategy; readonly troubles: null }
  | { readonly command: null; readonly troubles: Texts }

/** The command, or what is wrong with each setting that cannot be. */
export function readSettings(choice: StrategyChoice, texts: Texts): SettingsReading {
  const settings: Record<string, number | string> = {}
  const troubles: Record<string, string> = {}
  for (const setting of choice.settings) {
    const text = (texts[setting.name] ?? '').trim()
    const value = isNumberSetting(setting) ? numberOf(setting, text) : optionOf(setting.options, text)
    if (value === null) troubles[setting.name] = `"${text}" cannot be: ${possibleWords(setting)} can.`
    else settings[setting.name] = value
  }
  if (Object.keys(troubles).length > 0) return { command: null, troubles }
  return { command: { command: 'set-strategy', name: choice.name, settings }, troubles: null }
}

function numberOf({ min, max, whole = false }: NumberSetting, text: string): number | null {
  // A comma in a whole number would part thousands, and 1,000 is not meant as 1.
  const value = text === '' ? Number.NaN : Number(whole ? text : text.replace(',', '.'))
  const isPossible = value >= min && value <= max && (!whole || Number.isInteger(value))
  return isPossible ? value : null
}

const optionOf = (options: readonly { readonly value: string }[], text: string): string | null =>
  options.find(({ value }) => value === text)?.value ?? null

const exponentFrom = 1e6

/** Exactly, and as it may be typed: 1e9 rather than nine zeros. */
export function writeSetting(value: number | string | boolean): string {
  const plain = String(value)
  if (typeof value !== 'number' || Math.abs(value) < exponentFrom) return plain
  const short = value.toExponential().replace('+', '')
  return short.length < plain.length ? short : plain
}

/** In words: what a setting may be. */
export function possibleWords(setting: SettingDescription): string {
  if (!isNumberSetting(setting)) return setting.options.map(({ value }) => value).join(' or ')
  const { min, max, whole = false } = setting
  return `${whole ? 'a whole number' : 'a number'} from ${writeSetting(min)} to ${writeSetting(max)}`
}
