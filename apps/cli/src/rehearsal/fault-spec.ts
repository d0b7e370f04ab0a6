// Faults of a rehearsal as an operator writes them:
//   kill:COUNT@ROUND   freeze:COUNT@ROUND+ROUNDS   slow:COUNTxFACTOR@FROM-TO   flaky:PERCENTxFACTOR@FROM-TO   join:COUNT@ROUND
//   lose:PERCENT@FROM-TO   lose:PERCENTxBURST@FROM-TO

import { OperatorError } from '@muster/coordinator'
import type { Losses } from '@muster/numerics'
import { checkedLosses } from '../checked-losses.ts'

export type FaultSpec =
  | { readonly kind: 'kill' | 'join'; readonly count: number; readonly round: number }
  | { readonly kind: 'freeze'; readonly count: number; readonly round: number; readonly rounds: number }
  | {
      readonly kind: 'slow'
      readonly count: number
      readonly factor: number
      readonly from: number
      readonly to: number
    }
  | {
      readonly kind: 'flaky'
      readonly percent: number
      readonly factor: number
      readonly from: number
      readonly to: number
    }
  /** Answers lost on the way: of each worker so many in a hundred, by themselves or in bursts of so many in the mean. */
  | {
      readonly kind: 'lose'
      readonly percent: number
      readonly burst: number | null
      readonly from: number
      readonly to: number
    }

export const faultForms =
  'kill:COUNT@ROUND, freeze:COUNT@ROUND+ROUNDS, slow:COUNTxFACTOR@FROM-TO, flaky:PERCENTxFACTOR@FROM-TO, join:COUNT@ROUND, lose:PERCENT@FROM-TO, lose:PERCENTxBURST@FROM-TO'

const number = String.raw`(\d+(?:\.\d+)?)`
const forms: readonly { readonly pattern: RegExp; read(numbers: readonly number[]): FaultSpec }[] = [
  { pattern: /^kill:(\d+)@(\d+)$/, read: ([count, round]) => ({ kind: 'kill', count: count!, round: round! }) },
  { pattern: /^join:(\d+)@(\d+)$/, read: ([count, round]) => ({ kind: 'join', count: count!, round: round! }) },
  {
    pattern: /^freeze:(\d+)@(\d+)\+(\d+)$/,
    read: ([count, round, rounds]) => ({ kind: 'freeze', count: count!, round: round!, rounds: rounds! }),
  },
  {
    pattern: new RegExp(`^slow:(\\d+)x${number}@(\\d+)-(\\d+)$`),
    read: ([count, factor, from, to]) => ({ kind: 'slow', count: count!, factor: factor!, from: from!, to: to! }),
  },
  {
    pattern: new RegExp(`^flaky:${number}x${number}@(\\d+)-(\\d+)$`),
    read: ([percent, factor, from, to]) => ({
      kind: 'flaky',
      percent: percent!,
      factor: factor!,
      from: from!,
      to: to!,
    }),
  },
  {
    pattern: new RegExp(`^lose:${number}@(\\d+)-(\\d+)$`),
    read: ([percent, from, to]) => ({ kind: 'lose', percent: percent!, burst: null, from: from!, to: to! }),
  },
  {
    pattern: new RegExp(`^lose:${number}x${number}@(\\d+)-(\\d+)$`),
    read: ([percent, burst, from, to]) => ({ kind: 'lose', percent: percent!, burst: burst!, from: from!, to: to! }),
  },
]

/** @throws OperatorError that shows the forms. */
export function readFaultSpec(text: string): FaultSpec {
  for (const { pattern, read } of forms) {
    const match = pattern.exec(text)
    if (!match) continue
    const spec = read(match.slice(1).map(Number))
    if ('factor' in spec && spec.factor < 1) throw new OperatorError(`--fault ${text}: the factor is at least 1.`)
    if ('from' in spec && spec.from > spec.to) throw new OperatorError(`--fault ${text}: FROM is after TO.`)
    if ('percent' in spec && spec.percent > 100) throw new OperatorError(`--fault ${text}: at most 100 percent.`)
    if (spec.kind === 'lose') checkedLosses(`--fault ${text}`, lossesOf(spec))
    return spec
  }
  throw new OperatorError(`--fault "${text}" is not understood; allowed: ${faultForms}.`)
}

export const lossesOf = ({ percent, burst }: Extract<FaultSpec, { kind: 'lose' }>): Losses => ({
  share: percent / 100,
  ...(burst === null ? {} : { burst }),
})

/** Rounds in which something happens: the decoded sums of all of them are checked. */
export function hasFault(faults: readonly FaultSpec[], round: number): boolean {
  return faults.some(fault => {
    if ('from' in fault) return round >= fault.from && round <= fault.to
    return round >= fault.round && round <= fault.round + (fault.kind === 'freeze' ? fault.rounds : 0)
  })
}
