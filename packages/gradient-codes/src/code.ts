// A gradient code: what each worker sums, and how the whole is rebuilt from those who answer.
// Must not know: workers as people, rounds, time. Here a worker is a row and a round is a set of rows.
//
//   B (n × k): row i = weights worker i puts on the k partitions;  a (n): decoding weights, a·B = 1
//   s: stragglers tolerated;  F: responders;  A: amplification

export interface EncodingRow {
  /** Partitions in task order. */
  readonly partitions: readonly number[]
  /** bᵢⱼ for each of them. */
  readonly weights: readonly number[]
}

export interface Decoding {
  /** Worker and aᵢ, by worker; workers whose answer is not needed are left out. */
  readonly terms: readonly { readonly worker: number; readonly weight: number }[]
  /** max over partitions of |a·B − 1|. */
  readonly residual: number
  /** A = (1/k) Σᵢ |aᵢ| ‖bᵢ‖₁: how much rounding in the answers grows in the sum. */
  readonly amplification: number
}

export interface GradientCode {
  /** n */
  readonly workers: number
  /** k */
  readonly partitions: number
  /** Any s = `tolerance` workers may be missing. */
  readonly tolerance: number
  readonly rows: readonly EncodingRow[]
  /** Exact weights from these responders, or undefined if they do not suffice. */
  decode(responders: readonly number[]): Decoding | undefined
}

/** 2⁻²³: relative spacing of the 32-bit floats in which answers travel. */
export const float32Epsilon = 2 ** -23

/** The guard: exact when a·B = 1 within 1e-8 and the expected relative error stays below `errorMax`. */
export const isExact = ({ residual, amplification }: Decoding, errorMax = 1e-5): boolean =>
  residual <= 1e-8 && float32Epsilon * amplification <= errorMax

/** Residual and amplification of decoding weights, from the definition. */
export function judgeDecoding(rows: readonly EncodingRow[], partitions: number, terms: Decoding['terms']): Decoding {
  const sum = new Float64Array(partitions)
  let amplification = 0
  for (const { worker, weight } of terms) {
    const row = rows[worker]!
    row.partitions.forEach((partition, m) => {
      const b = row.weights[m]!
      sum[partition] = sum[partition]! + weight * b
      amplification += Math.abs(weight * b)
    })
  }
  const residual = sum.reduce((worst, value) => Math.max(worst, Math.abs(value - 1)), 0)
  return { terms, residual, amplification: amplification / partitions }
}
