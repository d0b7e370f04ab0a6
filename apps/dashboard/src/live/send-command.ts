// One command to the coordinator, and its answer as a sentence when it is a refusal.

import type { Command } from '@muster/protocol'

const answerMsMax = 10_000

/** Null when it was accepted; else what to tell the operator. */
export async function sendCommand(command: Command, token: string): Promise<string | null> {
  let response: Response
  try {
    response = await fetch('/api/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(command),
      signal: AbortSignal.timeout(answerMsMax),
    })
  } catch {
    return 'The coordinator did not answer. The command may not have reached it; look at the state of the run, then try again.'
  }
  if (response.ok) return null
  const refusal: unknown = await response.json().catch(() => null)
  if (refusal !== null && typeof refusal === 'object' && 'message' in refusal && typeof refusal.message === 'string') {
    return refusal.message
  }
  return `The coordinator refused the command (status ${response.status}).`
}
