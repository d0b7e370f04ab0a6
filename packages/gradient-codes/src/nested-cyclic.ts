// Nested cyclic gradient codes (Maßny et al. 2022): a cyclic code for every tolerance along one task order, so that a
// worker that goes on computing goes from code to code, and the stragglers there are decide which is decoded.
//
//   π_i(m) = (i+m) mod n: worker i's task order over k = n partitions
//   B^(s), s = 0 … sMax: cyclic code of tolerance s; row i holds π_i(0) … π_i(s), so supports nest; B^(0) = I
//   an answer: worker and level s, the sum by row i of B^(s);  a: weights of answers, Σ a·b = 1;  A: amplification
//
// Two kinds. Independent (the paper's): each level has an H of its own, and n − s answers of level s decode. Mixed
// (nested H): level s uses the first s rows of one H, so null(H_s+1) ⊂ null(H_s) and answers of different levels go
// together: they decode when for some s at least n − s workers answered at level s or deeper. What lies beyond these
// rules (a worker that answered at several levels) is tried as well: the residual judges, never the count.

import { randomStream, solveCyclicBand } from '@muster/numerics'
import { type Decoding, type EncodingRow, type GradientCode, judgeDecoding } from './code.ts'
import { screenedLevel, spans } from './cyclic-repetition.ts'
import { type CyclicLevel, cyclicLevel, extendParity, noParity, type Parity, weightsWithout } from './cyclic-rows.ts'
import { leastSquaresDecoding } from './decode.ts'
import { remember } from './remember.ts'
import { bestDraw } from './screening.ts'

export interface NestedAnswer {
  readonly worker: number
  readonly level: number
}

export interface NestedDecoding {
  /** Answers and their weights, by worker and level; answers that are not needed are left out. */
  readonly terms: readonly (NestedAnswer & { readonly weight: number })[]
  readonly residual: number
  readonly amplification: number
}

export interface NestedCyclicCode {
  /** n, workers and partitions alike. */
  readonly workers: number
  /** sMax: levels are 0 … sMax. */
  readonly toleranceMax: number
  /** Whether answers of different levels decode together by rule. */
  readonly isMixed: boolean
  /** B^(level). */
  rows(level: number): readonly EncodingRow[]
  /** Weights with residual ≤ 1e-8, or undefined if the answers do not suffice. Large A is the caller's to refuse. */
  decode(answers: readonly NestedAnswer[]): NestedDecoding | undefined
}

export function nestedCyclicCode(workers: number, toleranceMax: number, isMixed = false): NestedCyclicCode {
  const n = workers
  if (!(toleranceMax >= 0 && toleranceMax < n)) {
    throw new RangeError(`tolerance ${toleranceMax} must be between 0 and n − 1 = ${n - 1}`)
  }
  const levelOf = (s: number): CyclicLevel => {
    if (!(s >= 0 && s <= toleranceMax)) throw new RangeError(`level ${s} must be between 0 and ${toleranceMax}`)
    return isMixed ? nestedLevel(n, s).level : independentLevel(n, s)
  }
  return {
    workers: n,
    toleranceMax,
    isMixed,
    rows: level => levelOf(level).rows,
    decode(answers) {
      const heard = hear(answers, n)
      const choices = isMixed ? mixedChoices(heard, toleranceMax) : independentChoices(heard, toleranceMax)
      let best: NestedDecoding | undefined
      for (const choice of choices) {
        const weights = decodeChoice(choice, levelOf)
        const decoding = judge(
          choice.flatMap((level, worker) => (level < 0 ? [] : [{ worker, level, weight: weights[worker]! }])),
          n,
          levelOf,
        )
        if (spans(decoding) && !(best !== undefined && best.amplification <= decoding.amplification)) best = decoding
      }
      return best ?? (maySpan(heard, toleranceMax, isMixed) ? decodeAll(heard, n, levelOf) : undefined)
    },
  }
}

/** One level of a nested code as a code of its own. */
export const codeAtLevel = (code: NestedCyclicCode, level: number): GradientCode => ({
  workers: code.workers,
  partitions: code.workers,
  tolerance: level,
  rows: code.rows(level),
  decode: responders => code.decode(responders.map(worker => ({ worker, level }))),
})

type LevelOf = (s: number) => CyclicLevel

/** For each worker the levels it answered at, ascending. */
type Heard = readonly (readonly number[])[]

/** For each worker the level of the one answer that is used, or −1. */
type Choice = readonly number[]

const independentLevel = remember(128, screenedLevel)

/** The rows of H are chosen one after the other: each the best of several draws, given those before it. */
const nestedLevel: (n: number, s: number) => { parity: Parity; level: CyclicLevel } = remember(128, (n, s) => {
  const before = s === 0 ? noParity(n) : nestedLevel(n, s - 1).parity
  return bestDraw(n, s, attempt => {
    const parity = s === 0 ? before : extendParity(before, 1, randomStream('nested-cyclic', n, s, attempt))
    return { parity, level: cyclicLevel(parity) }
  })
})

function hear(answers: readonly NestedAnswer[], n: number): Heard {
  const levels = Array.from({ length: n }, () => new Set<number>())
  for (const { worker, level } of answers) levels[worker]!.add(level)
  return levels.map(known => [...known].sort((one, other) => one - other))
}

/** Every level of which there are enough answers. */
const independentChoices = (heard: Heard, sMax: number): Choice[] =>
  Array.from({ length: sMax + 1 }, (_, s) => heard.map(levels => (levels.includes(s) ? s : -1))).filter(
    (choice, s) => countFrom(choice, s) >= choice.length - s,
  )

/** For every level the shallowest answers from it on, where the rule holds for them. */
function mixedChoices(heard: Heard, sMax: number): Choice[] {
  const choices: Choice[] = []
  for (let s = 0; s <= sMax; s++) {
    const choice = heard.map(levels => levels.find(level => level >= s) ?? -1)
    const isNew = choices.at(-1)?.some((level, worker) => level !== choice[worker]) ?? true
    if (isNew && ruleLevel(choice, sMax) !== undefined) choices.push(choice)
  }
  return choices
}

/** The deepest s at which n − s workers answered or went beyond. */
function ruleLevel(choice: Choice, sMax: number): number | undefined {
  for (let s = sMax; s >= 0; s--) if (countFrom(choice, s) >= choice.length - s) return s
  return undefined
}

const countFrom = (choice: Choice, s: number): number => choice.filter(level => level >= s).length

/** Least-norm weights by worker. */
function decodeChoice(choice: Choice, levelOf: LevelOf): Float64Array {
  const n = choice.length
  const deepest = choice.reduce((most, level) => Math.max(most, level), 0)
  // Missing workers get a row in mind, so that there are n of them, and the weight 0.
  const inMind = ruleLevel(choice, deepest)!
  const missing = choice.flatMap((level, worker) => (level < 0 ? [worker] : []))
  const full = choice.map(level => (level < 0 ? inMind : level))
  if (full.every(level => level === inMind)) return weightsWithout(levelOf(inMind).decoding, missing)
  // Rows of level ≥ l lie in null(H_l), of dimension n − l: so many of them in excess, so many of no use.
  let nullity = 0
  for (let l = 1; l <= deepest; l++) nullity = Math.max(nullity, countFrom(full, l) - (n - l))
  const rows = full.map((level, worker) => levelOf(level).rows[worker]!.weights)
  return weightsWithout(solveCyclicBand(rows, nullity), missing)
}

/** Whether so many rows may hold the whole at all, as far as counting can tell. */
function maySpan(heard: Heard, sMax: number, isMixed: boolean): boolean {
  const n = heard.length
  const countIf = (isCounted: (level: number) => boolean) =>
    heard.reduce((sum, levels) => sum + levels.filter(isCounted).length, 0)
  for (let s = 0; s <= sMax; s++) {
    if (countIf(level => (isMixed || s === 0 ? level >= s : level === s)) >= n - s) return true
  }
  return false
}

/** Least squares over every answer. */
function decodeAll(heard: Heard, n: number, levelOf: LevelOf): NestedDecoding | undefined {
  const answers = heard.flatMap((levels, worker) => levels.map(level => ({ worker, level })))
  const rows = answers.map(({ worker, level }) => levelOf(level).rows[worker]!)
  const { terms } = leastSquaresDecoding(rows, n, [...rows.keys()])
  const decoding = judge(
    terms.map(({ worker: index, weight }) => ({ ...answers[index]!, weight })),
    n,
    levelOf,
  )
  return spans(decoding) ? decoding : undefined
}

function judge(terms: NestedDecoding['terms'], n: number, levelOf: LevelOf): NestedDecoding {
  const rows = terms.map(({ worker, level }) => levelOf(level).rows[worker]!)
  const byIndex: Decoding['terms'] = terms.map(({ weight }, worker) => ({ worker, weight }))
  return { ...judgeDecoding(rows, n, byIndex), terms }
}
