// The one table of refusals. docs/errors.md is compared with it by a test, in both directions.

export const errorCodes = {
  'frame-too-short': { status: 400, meaning: 'The body is shorter than a frame header, or than its header says.' },
  'frame-too-long': { status: 413, meaning: 'The body is longer than a result of this run can be.' },
  'frame-magic': { status: 400, meaning: 'The body does not begin like a Muster frame.' },
  'frame-version': { status: 400, meaning: 'The frame has another version than this coordinator; reload the page.' },
  'frame-type': { status: 415, meaning: 'The payload is not of 32-bit floats.' },
  'range-mismatch': { status: 400, meaning: 'The coordinates in the frame are not the ones that were asked for.' },
  'value-not-finite': { status: 422, meaning: 'The result holds NaN or an infinite value.' },
  'loss-not-finite': { status: 422, meaning: 'The loss is not a finite number, or the computing time is negative.' },
  'samples-mismatch': { status: 422, meaning: 'The sample count is not that of the partitions covered.' },
  'cover-not-a-level': {
    status: 422,
    meaning: 'The result covers a number of partitions that is no level of its lease.',
  },
  'segment-unasked': { status: 422, meaning: 'No tile of this segment of the coordinates was asked for.' },
  'cover-too-small': { status: 422, meaning: 'The result covers less than was asked for.' },
  'lease-unknown': { status: 404, meaning: 'No such lease was ever given.' },
  'lease-not-yours': { status: 403, meaning: 'The lease belongs to another worker or to an earlier connection.' },
  'round-mismatch': { status: 409, meaning: 'The result names another round than its lease.' },
  'version-mismatch': { status: 409, meaning: 'The result was computed on another model version than its lease.' },
  'round-closed': {
    status: 410,
    meaning: 'The work was over before the result came: its round was complete, or it was called back.',
  },
  'answer-repeated': { status: 409, meaning: 'This lease has been answered already, at this level or a larger one.' },
  'progress-impossible': { status: 422, meaning: 'The announced progress is more than the lease holds.' },
  'peer-not-neighbour': {
    status: 403,
    meaning: 'The coordinator passes words and estimates on between neighbours only.',
  },
  'estimate-unknown': { status: 404, meaning: 'No such estimate of a neighbour is kept, or not any more.' },
  'relay-too-much': {
    status: 429,
    meaning: 'More is said to the coordinator, or through it, than peers may; it is not heeded.',
  },
  'session-unknown': { status: 401, meaning: 'The session is not known; connect again.' },
  'message-malformed': { status: 400, meaning: 'The message does not fit its schema.' },
  'protocol-version': {
    status: 426,
    meaning: 'The page and the coordinator speak different versions; reload the page.',
  },
  'workers-too-many': { status: 503, meaning: 'The run has as many workers as it takes; try again later.' },
  'requests-too-many': { status: 429, meaning: 'Too many requests from this address; wait a moment.' },
  'operator-token': {
    status: 403,
    meaning: 'Only the operator may do this; open the dashboard by its printed address.',
  },
  'command-impossible': { status: 409, meaning: 'The run is in a state in which this command has no meaning.' },
  'strategy-impossible': {
    status: 422,
    meaning: 'There is no such strategy, it has no such setting, or it cannot train this model.',
  },
  'parameters-unknown': { status: 404, meaning: 'No such model version is kept any more.' },
  'model-inexpressible': {
    status: 409,
    meaning: 'The layers format knows no such model; safetensors holds the same weights.',
  },
  'blob-unknown': { status: 404, meaning: 'No data partition has this hash.' },
  'not-found': { status: 404, meaning: 'There is nothing at this address.' },
  'coordinator-failed': { status: 500, meaning: 'The coordinator met an error of its own; the run is kept.' },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ErrorCode = keyof typeof errorCodes

/** What every refusal looks like, over HTTP and sockets alike. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

export function refusal(code: ErrorCode, detail?: string): Refusal {
  const { meaning } = errorCodes[code]
  return { code, message: detail === undefined ? meaning : `${meaning} (${detail})` }
}
