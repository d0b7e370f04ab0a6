// What one worker's work is cut from: an equal part of the data in one piece, and no more at once than can be said.

/** As many as a message of work may list. */
export const partitionsMax = 4096

export interface Block {
  readonly from: number
  readonly length: number
}

/** Blocks differ by at most one; where there are more workers than partitions, some share one. */
export function ownBlock(k: number, place: number, workers: number): Block {
  const from = Math.floor((place * k) / workers)
  return { from, length: Math.max(1, Math.floor(((place + 1) * k) / workers) - from) }
}
