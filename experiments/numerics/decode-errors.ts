// What decoding costs in digits: the relative error of the decoded gradient when answers are summed and combined in
// 32-bit floats with 64-bit weights, over straggler patterns, for every code; beside the figures of the first sketch.
//
//   n workers, k = n partitions, s stragglers, A amplification. An expected error is about 2⁻²⁴ to 2⁻²³ times A.

import {
  blockNode,
  coverTree,
  cyclicRepetition,
  type Decoding,
  type EncodingRow,
  fractionalRepetition,
  type GradientCode,
  groupSizes,
  isExact,
  judgeDecoding,
  nestedCyclicCode,
  nestedTree,
  partitionsOf,
  screenedCyclicRepetition,
  type TreeNode,
} from '@muster/gradient-codes'
import { type RandomStream, randomStream } from '@muster/numerics'

export interface DecodeErrors {
  readonly n: number
  readonly s: number
  readonly code: CodeName
  /** Relative errors, ‖decoded − whole‖ / ‖whole‖. */
  readonly worstError: number
  readonly medianError: number
  readonly worstAmplification: number
  readonly medianAmplification: number
  readonly worstResidual: number
  /** Share of the patterns that the guard of exact rounds takes, and the worst error among those. */
  readonly exactShare: number
  readonly worstExactError: number
}

export const codeNames = ['repetition', 'tree', 'cyclic', 'cyclic screened', 'nested cyclic', 'nested H'] as const
export type CodeName = (typeof codeNames)[number]

/** Worst errors as first found, for one draw of the Gaussian code: what is to be expected, not to be met. */
export const referenceErrors: readonly {
  readonly n: number
  readonly s: number
  readonly cyclic: number
  readonly repetition: number
}[] = [
  { n: 8, s: 1, cyclic: 1.2e-7, repetition: 7e-8 },
  { n: 8, s: 3, cyclic: 1.5e-5, repetition: 8e-8 },
  { n: 16, s: 3, cyclic: 1.5e-4, repetition: 1.2e-7 },
  { n: 16, s: 7, cyclic: 4.6e-4, repetition: 1.4e-7 },
  { n: 32, s: 3, cyclic: 7.7e-2, repetition: 1.8e-7 },
  { n: 32, s: 7, cyclic: 2.1e-3, repetition: 2.4e-7 },
  { n: 32, s: 15, cyclic: 4.0e-4, repetition: 2.7e-7 },
  { n: 64, s: 3, cyclic: 1.5e-3, repetition: 1.0e-7 },
  { n: 64, s: 7, cyclic: 8.1e-4, repetition: 1.2e-7 },
  { n: 64, s: 15, cyclic: 1.0e-3, repetition: 1.3e-7 },
]

export const decodeErrorTable = (): DecodeErrors[] =>
  referenceErrors.flatMap(({ n, s }) => codeNames.map(code => decodeErrors(n, s, code)))

/** Up to 16 runs of s consecutive stragglers and 200 other sets of s. */
export function decodeErrors(n: number, s: number, code: CodeName): DecodeErrors {
  const draw = randomStream('decode-errors', n, s)
  const partial = Array.from({ length: n }, () => Float32Array.from({ length: 32 }, draw.normal))
  const whole = partial.reduce((sum, gradient) => sum.map((x, i) => x + gradient[i]!), new Float64Array(32))
  const consecutive = Array.from({ length: Math.min(n, 16) }, (_, i) =>
    Array.from({ length: s }, (_, m) => (i + m) % n),
  )
  const others = Array.from({ length: 200 }, () => [...draw.permutation(n)].slice(0, s))
  const decodeWithout = decoderOf(n, s, code)
  const found = [...consecutive, ...others].map((missing, c) => {
    const { rows, decoding } = decodeWithout(new Set(missing), randomStream('decode-errors', n, s, c))
    return { ...decoding, error: relativeError(rows, decoding, partial, whole), isTaken: isExact(decoding) }
  })
  const errors = found.map(({ error }) => error).sort(ascending)
  const amplifications = found.map(({ amplification }) => amplification).sort(ascending)
  const taken = found.filter(({ isTaken }) => isTaken)
  return {
    n,
    s,
    code,
    worstError: errors.at(-1)!,
    medianError: errors[errors.length >> 1]!,
    worstAmplification: amplifications.at(-1)!,
    medianAmplification: amplifications[amplifications.length >> 1]!,
    worstResidual: Math.max(...found.map(({ residual }) => residual)),
    exactShare: taken.length / found.length,
    worstExactError: Math.max(0, ...taken.map(({ error }) => error)),
  }
}

/** Answers as rows, and how they are combined; a term's `worker` is the index of its row. */
interface Decoded {
  readonly rows: readonly EncodingRow[]
  readonly decoding: Decoding
}

type Decoder = (missing: ReadonlySet<number>, draw: RandomStream) => Decoded

function decoderOf(n: number, s: number, name: CodeName): Decoder {
  const groups = groupSizes(n, s + 1)
  switch (name) {
    case 'repetition':
      return decoderOfCode(fractionalRepetition(groups, groups))
    case 'cyclic':
      return decoderOfCode(cyclicRepetition(n, s, 1))
    case 'cyclic screened':
      return decoderOfCode(screenedCyclicRepetition(n, s))
    case 'tree':
      return decodeTree(n)
    case 'nested cyclic':
      return decodeNested(n, s, false)
    case 'nested H':
      return decodeNested(n, s, true)
  }
}

const decoderOfCode =
  (code: GradientCode): Decoder =>
  missing => ({
    rows: code.rows,
    decoding: known(code.decode([...code.rows.keys()].filter(worker => !missing.has(worker)))),
  })

/** One worker per leaf, all levels reached. */
function decodeTree(n: number): Decoder {
  const tree = nestedTree(Array.from({ length: n }, () => 1))
  return missing => {
    const owned = new Set<TreeNode>()
    for (let home = 0; home < n; home++) {
      for (let level = 0; level <= tree.depth; level++) if (!missing.has(home)) owned.add(blockNode(tree, home, level))
    }
    const rows = known(coverTree(tree, node => owned.has(node) && node > 1)).map(node => {
      const partitions = partitionsOf(tree, node)
      return { partitions, weights: partitions.map(() => 1) }
    })
    const terms = rows.map((_, worker) => ({ worker, weight: 1 }))
    return { rows, decoding: judgeDecoding(rows, n, terms) }
  }
}

/**
 * Independent levels: the stragglers are silent, everybody else is at level s. Mixed: everybody else is up to two levels
 * deeper, and the stragglers answered at levels below s or not at all.
 */
function decodeNested(n: number, s: number, isMixed: boolean): Decoder {
  const code = nestedCyclicCode(n, isMixed ? s + 2 : s, isMixed)
  return (missing, draw) => {
    const answers = Array.from({ length: n }, (_, worker) => {
      if (missing.has(worker)) return { worker, level: isMixed ? draw.integer(s + 1) - 1 : -1 }
      return { worker, level: isMixed ? s + draw.integer(3) : s }
    }).filter(({ level }) => level >= 0)
    const { terms, residual, amplification } = known(code.decode(answers))
    return {
      rows: terms.map(({ worker, level }) => code.rows(level)[worker]!),
      decoding: { terms: terms.map(({ weight }, worker) => ({ worker, weight })), residual, amplification },
    }
  }
}

/** Sums as a tab and a coordinator of 32-bit floats would have them, rounded at every step. */
function relativeError(
  rows: readonly EncodingRow[],
  { terms }: Decoding,
  partial: readonly Float32Array[],
  whole: Float64Array,
): number {
  let difference = 0
  let length = 0
  for (let x = 0; x < whole.length; x++) {
    let decoded = 0
    for (const { worker, weight } of terms) {
      const { partitions, weights } = rows[worker]!
      let answer = 0
      for (let m = 0; m < partitions.length; m++) {
        answer = Math.fround(answer + Math.fround(Math.fround(weights[m]!) * partial[partitions[m]!]![x]!))
      }
      decoded = Math.fround(decoded + weight * answer)
    }
    difference += (decoded - whole[x]!) ** 2
    length += whole[x]! ** 2
  }
  return Math.sqrt(difference / length)
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('s stragglers are always decoded')
  return value
}

const ascending = (one: number, other: number): number => one - other
