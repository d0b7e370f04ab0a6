// Hardship, all drawn from one seed: who vanishes, freezes, slows down, answers twice, late or with nonsense, comes
// back on a new connection; who joins.

import { randomStream } from '@muster/numerics'
import type { Milliseconds } from '@muster/vocabulary'

export type Fault =
  /** The page is closed: the coordinator hears of it, or only notices the silence. */
  | { readonly kind: 'vanish'; readonly worker: string; readonly isSilent: boolean }
  /** Its stay in a seat is over; the next occupant comes at once. */
  | { readonly kind: 'end-of-stay'; readonly worker: string }
  | { readonly kind: 'freeze'; readonly worker: string; readonly forMs: Milliseconds }
  /** So many times slower than it came, from now on. */
  | { readonly kind: 'slow-down'; readonly worker: string; readonly factor: number }
  | { readonly kind: 'reconnect'; readonly worker: string }
  | { readonly kind: 'join'; readonly seat: number }
  /** What becomes of the worker's next answers. */
  | { readonly kind: 'repeat-answer'; readonly worker: string }
  | { readonly kind: 'delay-answer'; readonly worker: string; readonly byMs: Milliseconds }
  | { readonly kind: 'corrupt-answer'; readonly worker: string; readonly how: Corruption }

export type Corruption =
  | 'not-finite'
  | 'wrong-cover'
  | 'wrong-samples'
  | 'wrong-round'
  | 'wrong-version'
  | 'wrong-lease'

export interface FaultAt {
  readonly at: Milliseconds
  readonly fault: Fault
}

const corruptions: readonly Corruption[] = [
  'not-finite',
  'wrong-cover',
  'wrong-samples',
  'wrong-round',
  'wrong-version',
  'wrong-lease',
]

/** A storm over a fleet of n for so long; newcomers replace some of those who vanish, so that somebody is always back. */
export function drawFaults(seed: number, n: number, untilMs: Milliseconds, everyMs: Milliseconds): FaultAt[] {
  const draw = randomStream(seed, 'faults')
  const workers = Array.from({ length: n }, (_, i) => `w${i}`)
  const faults: FaultAt[] = []
  for (let at = everyMs * draw.exponential(); at < untilMs; at += everyMs * draw.exponential()) {
    const worker = workers[draw.integer(workers.length)]!
    const newcomer = (after: Milliseconds) => {
      const seat = workers.length
      workers.push(`w${seat}`)
      faults.push({ at: at + after, fault: { kind: 'join', seat } })
    }
    switch (draw.integer(8)) {
      case 0:
        faults.push({ at, fault: { kind: 'vanish', worker, isSilent: draw.uniform() < 0.5 } })
        newcomer(2000 * draw.exponential())
        break
      case 1:
        faults.push({ at, fault: { kind: 'freeze', worker, forMs: 3000 * draw.exponential() } })
        break
      case 2:
        faults.push({ at, fault: { kind: 'slow-down', worker, factor: draw.uniform() < 0.5 ? 8 : 1 } })
        break
      case 3:
        faults.push({ at, fault: { kind: 'reconnect', worker } })
        break
      case 4:
        newcomer(0)
        break
      case 5:
        faults.push({ at, fault: { kind: 'repeat-answer', worker } })
        break
      case 6:
        faults.push({ at, fault: { kind: 'delay-answer', worker, byMs: 4000 * draw.exponential() } })
        break
      default:
        faults.push({
          at,
          fault: { kind: 'corrupt-answer', worker, how: corruptions[draw.integer(corruptions.length)]! },
        })
    }
  }
  return faults
}
