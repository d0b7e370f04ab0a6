// One setting of a strategy as a field: what it means, what it may be, what is wrong with what was typed.

import type { SettingDescription } from '@muster/protocol'
import { useId } from 'react'
import { isNumberSetting, possibleWords, writeSetting } from '../live/strategy-settings.ts'

interface SettingFieldProps {
  readonly setting: SettingDescription
  readonly text: string
  readonly trouble: string | undefined
  readonly onType: (text: string) => void
}

export function SettingField({ setting, text, trouble, onType }: SettingFieldProps) {
  const id = useId()
  const common = {
    id,
    value: text,
    'data-setting': setting.name,
    'aria-describedby': `${id}-meaning ${id}-trouble`,
    'aria-invalid': trouble !== undefined,
  }
  return (
    <div className="field">
      <label htmlFor={id}>{setting.name}</label>
      {isNumberSetting(setting) ? (
        <input
          {...common}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          onChange={event => onType(event.target.value)}
        />
      ) : (
        <select {...common} onChange={event => onType(event.target.value)}>
          {setting.options.map(({ value }) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </select>
      )}
      <p id={`${id}-meaning`} className="quiet note">
        {hintOf(setting, text)}
      </p>
      <p id={`${id}-trouble`} className="trouble">
        {trouble}
      </p>
    </div>
  )
}

function hintOf(setting: SettingDescription, text: string): string {
  if (isNumberSetting(setting)) {
    const possible = possibleWords(setting).replace('a', 'A')
    return `${setting.meaning} ${possible}; default ${writeSetting(setting.default)}.`
  }
  const chosen = setting.options.find(({ value }) => value === text)
  return chosen === undefined ? setting.meaning : `${setting.meaning} ${chosen.value}: ${chosen.meaning}`
}
