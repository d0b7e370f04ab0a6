// The link to give to volunteers, and whether it can reach them at all.

import { useId, useRef, useState } from 'react'

interface InvitationProps {
  readonly origin: string
  readonly isEmpty: boolean
}

export function Invitation({ origin, isEmpty }: InvitationProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [answer, setAnswer] = useState('')
  const link = `${origin}/`
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link)
      setAnswer('Copied.')
    } catch {
      // Browsers give the clipboard to secure addresses only.
      field.current?.select()
      setAnswer('Selected; copy it with the keyboard.')
    }
  }
  return (
    <section className={isEmpty ? 'sheet invitation empty' : 'sheet invitation'} aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>Invite volunteers</h2>
      {isEmpty && <p>Nobody is here yet. Send this link; each open tab is a worker.</p>}
      <label htmlFor={id} className="unseen">
        Link for volunteers
      </label>
      <div className="copy">
        <input id={id} ref={field} type="text" readOnly value={link} onFocus={event => event.target.select()} />
        <button type="button" className="button" onClick={copy}>
          Copy
        </button>
      </div>
      <p className="quiet note" role="status">
        {answer || reachOf(origin)}
      </p>
    </section>
  )
}

export function reachOf(origin: string): string {
  const { hostname, protocol } = new URL(origin)
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) {
    return 'This address works on this machine only; start with another HOST to be reached by others.'
  }
  return protocol === 'https:'
    ? 'Works in any browser that can reach this machine.'
    : 'Works in any browser that can reach this machine; graphics chips by WebGPU need https.'
}
