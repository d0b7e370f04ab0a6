// The operator chooses another strategy, or other settings for the one in force. Folded away until it is wanted.

import type { Snapshot, StrategyList } from '@muster/protocol'
import { type FormEvent, useId, useRef, useState } from 'react'
import { sendCommand } from '../live/send-command.ts'
import { fetchStrategies } from '../live/strategy-list.ts'
import { firstTexts, readSettings, type StrategyChoice, type Texts } from '../live/strategy-settings.ts'
import { promiseWords } from './promise.ts'
import { SettingField } from './setting-field.tsx'

interface StrategyFormProps {
  readonly inForce: Snapshot['strategy']
  readonly token: string
  readonly isEnabled: boolean
}

export function ChangeStrategy(props: StrategyFormProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [list, setList] = useState<StrategyList | string | null>(null)
  const toggle = async (isNowOpen: boolean): Promise<void> => {
    setIsOpen(isNowOpen)
    if (!isNowOpen) return
    setList(null)
    setList(await fetchStrategies())
  }
  return (
    <details className="change-strategy" onToggle={event => void toggle(event.currentTarget.open)}>
      <summary data-testid="change-strategy">Change strategy</summary>
      {isOpen && list === null && <p className="quiet">Asking the coordinator.</p>}
      {isOpen && typeof list === 'string' && (
        <p className="trouble" role="alert">
          {list}
        </p>
      )}
      {isOpen && list !== null && typeof list !== 'string' && <StrategyForm {...props} list={list} />}
    </details>
  )
}

interface Draft {
  readonly choice: StrategyChoice
  readonly texts: Texts
  readonly troubles: Texts
}

function StrategyForm({ inForce, token, isEnabled, list }: StrategyFormProps & { readonly list: StrategyList }) {
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const draftOf = (name: string): Draft | null => {
    const choice = list.find(one => one.name === name) ?? list[0]
    return choice === undefined ? null : { choice, texts: firstTexts(choice, inForce), troubles: {} }
  }
  const [draft, setDraft] = useState(() => draftOf(inForce.name))
  const [answer, setAnswer] = useState<{ readonly isRefusal: boolean; readonly words: string } | null>(null)
  const [isSending, setIsSending] = useState(false)
  if (draft === null) return <p className="quiet">There is no strategy to choose.</p>
  const { choice, texts, troubles } = draft

  const change = (next: Draft | null): void => {
    setDraft(next)
    setAnswer(null)
  }
  const apply = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (isSending) return
    const { command, troubles: found } = readSettings(choice, texts)
    if (command === null) {
      change({ ...draft, troubles: found })
      const first = choice.settings.find(({ name }) => name in found)
      form.current?.querySelector<HTMLElement>(`[data-setting="${CSS.escape(first?.name ?? '')}"]`)?.focus()
      return
    }
    change({ ...draft, troubles: {} })
    setIsSending(true)
    const refusal = await sendCommand(command, token)
    setAnswer({ isRefusal: refusal !== null, words: refusal ?? 'Accepted. It takes effect at the next round.' })
    setIsSending(false)
  }

  return (
    <form ref={form} data-testid="strategy-form" onSubmit={apply} noValidate>
      <fieldset disabled={!isEnabled} aria-label="Strategy and its settings">
        <div className="field">
          <label htmlFor={id}>
            Strategy <span className="quiet">in force: {inForce.name}</span>
          </label>
          <select id={id} value={choice.name} onChange={event => change(draftOf(event.target.value))}>
            {list.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
          <p className="note" data-testid="strategy-meaning">
            {choice.meaning}
          </p>
          <p className="quiet note">{promiseWords[choice.promise]}</p>
        </div>
        {choice.settings.map(setting => (
          <SettingField
            key={`${choice.name} ${setting.name}`}
            setting={setting}
            text={texts[setting.name] ?? ''}
            trouble={troubles[setting.name]}
            onType={text => change({ ...draft, texts: { ...texts, [setting.name]: text } })}
          />
        ))}
        <button type="submit" className="button" data-testid="apply-strategy">
          Apply at the next round
        </button>
      </fieldset>
      <p className={answer?.isRefusal ? 'trouble' : 'quiet'} role="status" data-testid="strategy-answer">
        {answer?.words}
      </p>
    </form>
  )
}
