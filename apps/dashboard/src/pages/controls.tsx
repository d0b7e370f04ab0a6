// What the operator can do. Every command takes effect at the next round and is written to the run's record.

import { formatRate } from '@muster/appearance'
import { type Command, command as commandSchema, type Snapshot } from '@muster/protocol'
import { type FormEvent, useId, useRef, useState } from 'react'
import { sendCommand } from '../live/send-command.ts'
import { ChangeStrategy } from './strategy-form.tsx'

interface ControlsProps {
  readonly snapshot: Snapshot
  readonly token: string | null
  readonly isConnected: boolean
}

export function Controls({ snapshot, token, isConnected }: ControlsProps) {
  const [trouble, setTrouble] = useState<string | null>(null)
  const [isSending, setIsSending] = useState(false)
  const { phase } = snapshot
  const canSteer = token !== null && isConnected && phase !== 'ended'

  const send = async (command: Command): Promise<void> => {
    if (token === null || isSending) return
    setIsSending(true)
    setTrouble(await sendCommand(command, token))
    setIsSending(false)
  }

  return (
    <section className="sheet controls" aria-labelledby="controls-heading">
      <h2 id="controls-heading">Steering</h2>
      {token === null && (
        <p className="quiet">
          You are watching. To steer the run, open the address with the token that <code>npm start</code> printed.
        </p>
      )}
      <div className="buttons">
        <button
          type="button"
          className="button"
          data-testid="pause"
          disabled={!canSteer || phase === 'paused'}
          onClick={() => send({ command: 'pause' })}
        >
          Pause
        </button>
        <button
          type="button"
          className="button"
          data-testid="resume"
          disabled={!canSteer || phase !== 'paused'}
          onClick={() => send({ command: 'resume' })}
        >
          Resume
        </button>
        <StopButton isEnabled={canSteer} onStop={() => send({ command: 'stop' })} />
      </div>
      <div>
        <LearningRate inForce={snapshot.learningRate} isEnabled={canSteer} onApply={send} onTrouble={setTrouble} />
        <p className="trouble" role="alert">
          {trouble}
        </p>
      </div>
      {token !== null && <ChangeStrategy inForce={snapshot.strategy} token={token} isEnabled={canSteer} />}
      <a className="button" href="/api/weights" download data-testid="download">
        Download the weights
      </a>
      <p className="quiet note">
        The model as it is now, as a safetensors file.
        {snapshot.run.layersFormat && (
          <>
            {' '}
            TensorFlow.js loads it from <a href="/api/model/model.json">its address</a>,{' '}
            <code>/api/model/model.json</code>.
          </>
        )}
      </p>
    </section>
  )
}

interface StopButtonProps {
  readonly isEnabled: boolean
  readonly onStop: () => void
}

function StopButton({ isEnabled, onStop }: StopButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  return (
    <>
      <button
        type="button"
        className="button grave"
        data-testid="stop"
        disabled={!isEnabled}
        onClick={() => dialog.current?.showModal()}
      >
        Stop
      </button>
      <dialog
        ref={dialog}
        aria-labelledby={id}
        onClose={event => {
          if (event.currentTarget.returnValue === 'stop') onStop()
          event.currentTarget.returnValue = ''
        }}
      >
        <form method="dialog">
          <h2 id={id}>Stop the run for good?</h2>
          <p>
            The round in progress is given up, every tab is thanked and released, and the run cannot be resumed. The
            weights and the record stay.
          </p>
          <div className="buttons">
            <button type="submit" className="button" value="">
              Do not stop it
            </button>
            <button type="submit" className="button grave" value="stop" data-testid="confirm-stop">
              Stop the run
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

interface LearningRateProps {
  readonly inForce: number
  readonly isEnabled: boolean
  readonly onApply: (command: Command) => void
  readonly onTrouble: (trouble: string | null) => void
}

function LearningRate({ inForce, isEnabled, onApply, onTrouble }: LearningRateProps) {
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const apply = (event: FormEvent): void => {
    event.preventDefault()
    const text = (typed ?? formatRate(inForce)).trim().replace(',', '.')
    const reading = commandSchema.safeParse({
      command: 'set-learning-rate',
      learningRate: text === '' ? Number.NaN : Number(text),
    })
    if (!reading.success) {
      onTrouble(`"${text}" is no learning rate: a number above 0 and at most 1000 is.`)
      return
    }
    setTyped(null)
    onApply(reading.data)
  }
  return (
    <form className="rate" onSubmit={apply} noValidate>
      <label htmlFor={id}>
        Learning rate <span className="quiet">in force: {formatRate(inForce)}</span>
      </label>
      <input
        id={id}
        data-testid="learning-rate"
        type="text"
        inputMode="decimal"
        autoComplete="off"
        disabled={!isEnabled}
        value={typed ?? formatRate(inForce)}
        onChange={event => setTyped(event.target.value)}
      />
      <button type="submit" className="button" data-testid="apply-learning-rate" disabled={!isEnabled}>
        Apply
      </button>
    </form>
  )
}
