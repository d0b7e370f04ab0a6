// Times the volunteer's requests from the first byte asked to the last byte had.

import type { Milliseconds } from '@muster/vocabulary'

export interface RequestTimes {
  readonly downloadsMs: Milliseconds[]
  readonly uploadsMs: Milliseconds[]
}

/** From now on, for the whole process. */
export function timeRequests(): RequestTimes {
  const times: RequestTimes = { downloadsMs: [], uploadsMs: [] }
  const plainFetch = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const startedAt = performance.now()
    const response = await plainFetch(input, init)
    const bytes = await response.arrayBuffer()
    const ms = performance.now() - startedAt
    if (String(input).includes('/api/parameters/')) times.downloadsMs.push(ms)
    if (String(input).includes('/api/results')) times.uploadsMs.push(ms)
    return new Response(bytes, { status: response.status, headers: response.headers })
  }
  return times
}
