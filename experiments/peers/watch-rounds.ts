// What is kept of a run while it goes on: the mean of all estimates as it last was before certain times, and before
// certain iterations, so that runs can be held against each other at either.

export interface RoundSeen {
  /** Iterations so far, and units of time since the first began. */
  readonly iterations: number
  readonly time: number
  readonly parameters: Float32Array
  /** Mean distance of an estimate to the mean of all. */
  readonly consensus: number
  /** Neighbours that a peer did not wait for, in the mean since the round before. */
  readonly backups: number
  /** Gradients that have gone into estimates so far, by a peer in the mean. */
  readonly steps: number
}

export interface WatchSettings {
  /** Of cb-Full: so many iterations, and what they take. */
  readonly iterations: number
  readonly time: number
  readonly marks: number
  readonly start: Float32Array
}

/** Times are sums of many steps; the last digit is chance. */
const slack = 1e-9

export function watchRounds({ iterations, time, marks, start }: WatchSettings) {
  const shares = Array.from({ length: marks }, (_, i) => (i + 1) / marks)
  const timesDue = shares.map(share => share * time * (1 + slack))
  const iterationsDue = shares.map(share => Math.round(share * iterations))
  let last: RoundSeen = { iterations: 0, time: 0, parameters: start, consensus: 0, backups: 0, steps: 0 }
  const kept = new Set([last])
  return {
    /** True: enough has been seen; who is at its last mark goes on for one round more. */
    note(round: RoundSeen): boolean {
      while (timesDue.length > 0 && timesDue[0]! < round.time) {
        kept.add(last)
        timesDue.shift()
      }
      while (iterationsDue.length > 0 && iterationsDue[0]! < round.iterations) {
        kept.add(last)
        iterationsDue.shift()
      }
      last = round
      return timesDue.length === 0 && iterationsDue.length === 0
    },
    /** In their order. */
    end: (): RoundSeen[] => [...kept].sort((one, other) => one.iterations - other.iterations),
  }
}
