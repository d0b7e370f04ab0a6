// The volunteer's hand on the machine: one button, the share of the device, the screen.

import { useId } from 'react'
import { shareMin } from '../tab/page-settings.ts'
import { canKeepScreenOn } from '../tab/wakefulness.ts'

interface ShareSliderProps {
  readonly share: number
  readonly onChange: (share: number) => void
}

export function ShareSlider({ share, onChange }: ShareSliderProps) {
  const id = useId()
  const percent = Math.round(share * 100)
  return (
    <div className="share">
      <label htmlFor={id}>Share of this device</label>
      <output htmlFor={id}>{percent} %</output>
      <input
        id={id}
        data-testid="share"
        type="range"
        min={shareMin * 100}
        max={100}
        step={5}
        value={percent}
        aria-valuetext={`${percent} percent`}
        aria-describedby={`${id}-hint`}
        style={{ '--filled': `${((percent - shareMin * 100) / (100 - shareMin * 100)) * 100}%` } as React.CSSProperties}
        onChange={event => onChange(Number(event.target.value) / 100)}
      />
      <p id={`${id}-hint`} className="quiet note">
        {percent === 100
          ? 'Computes whenever there is work.'
          : `Computes ${percent} % of the time and rests in between. Fewer pieces will come to this tab.`}
      </p>
    </div>
  )
}

interface ScreenChoiceProps {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

export function ScreenChoice({ isOn, onChange }: ScreenChoiceProps) {
  if (!canKeepScreenOn()) return null
  return (
    <label className="choice">
      <input type="checkbox" checked={isOn} onChange={event => onChange(event.target.checked)} />
      Keep the screen on while it computes
    </label>
  )
}
