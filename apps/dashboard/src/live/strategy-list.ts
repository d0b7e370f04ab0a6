// The strategies an operator may choose from, asked of the coordinator when the form is opened.

import { type StrategyList, strategyList } from '@muster/protocol'

const answerMsMax = 10_000

/** The list, or a sentence that says why there is none. */
export async function fetchStrategies(): Promise<StrategyList | string> {
  try {
    const response = await fetch('/api/strategies', { signal: AbortSignal.timeout(answerMsMax) })
    if (!response.ok) return `The coordinator does not say which strategies there are (status ${response.status}).`
    const reading = strategyList.safeParse(await response.json())
    return reading.success ? reading.data : 'This page and the coordinator are of different versions. Reload the page.'
  } catch {
    return 'The coordinator did not say which strategies there are. Close this form and open it again.'
  }
}
