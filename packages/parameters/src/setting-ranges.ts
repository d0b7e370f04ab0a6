// Whether an optimiser's setting is one it can work with. Each hands the value back, or throws a RangeError that names
// the setting and its range.

export function fitting(setting: string, value: number, isFitting: boolean, range: string): number {
  if (!isFitting) throw new RangeError(`optimiser.${setting} must be ${range}, not ${value}`)
  return value
}

export const positive = (setting: string, value: number) =>
  fitting(setting, value, value > 0 && value < Infinity, 'above 0')

export const atLeastZero = (setting: string, value: number) =>
  fitting(setting, value, value >= 0 && value < Infinity, 'at least 0')

export const fraction = (setting: string, value: number) =>
  fitting(setting, value, value >= 0 && value < 1, 'at least 0 and below 1')

export const atLeastZeroAtMostOne = (setting: string, value: number) =>
  fitting(setting, value, value >= 0 && value <= 1, 'at least 0 and at most 1')

export const positiveWhole = (setting: string, value: number) =>
  fitting(setting, value, Number.isSafeInteger(value) && value > 0, 'a whole number above 0')
