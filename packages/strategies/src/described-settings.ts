// Settings described in a line each.

import type { ChoiceSetting, NumberSetting } from './strategy.ts'

export const numberSetting = (
  name: string,
  meaning: string,
  usual: number,
  min: number,
  max: number,
): NumberSetting => ({ name, meaning, default: usual, min, max })

export const wholeSetting = (
  name: string,
  meaning: string,
  usual: number,
  min: number,
  max: number,
): NumberSetting => ({ ...numberSetting(name, meaning, usual, min, max), whole: true })

/** The first option is the usual one. */
export const choiceSetting = (
  name: string,
  meaning: string,
  ...options: readonly (readonly [value: string, meaning: string])[]
): ChoiceSetting => ({
  name,
  meaning,
  default: options[0]![0],
  options: options.map(([value, said]) => ({ value, meaning: said })),
})
