// Solves Bᵀ·a = 1 for square matrices whose rows are short runs that wrap around, of a rank known beforehand: what
// cyclic codes decode with. Householder as for a dense matrix, in O(n·w²) instead of O(n³).
//
//   B (n × n): row i holds its entries in columns i, i+1, …, i+w (mod n), the first of them not 0;  rank n − q
//   B = Q·[R; 0];  a = Q·[z; 0] with Rᵀ·z = 1 is the solution of least norm;  N = Q·[0; I] (n × q) spans all y with
//   Bᵀ·y = 0, so that every solution is a + N·c.
//
// Only the last w rows wrap. Column j < n − w is cleared by one reflection of row j and those last rows, which stay
// w in number; what remains in the end is a w × w corner, cleared with column pivoting.

export interface CyclicBandSolution {
  /** a: of least norm among the solutions of Bᵀ·a = 1. */
  readonly particular: Float64Array
  /** N: q orthonormal columns of n numbers. */
  readonly null: readonly Float64Array[]
}

/** `rows[i]` are the entries of row i from column i on; shorter rows end with zeros. */
export function solveCyclicBand(rows: readonly ArrayLike<number>[], nullity: number): CyclicBandSolution {
  const n = rows.length
  const w = Math.min(n - 1, rows.reduce((longest, row) => Math.max(longest, row.length), 1) - 1)
  const f = factorise(rows, n, w, w - nullity)
  const particular = new Float64Array(n)
  // The second pass takes back what rounding cost the first where R is ill-conditioned.
  for (let pass = 0; pass < 2; pass++) {
    const correction = solveTransposed(f, remainder(rows, particular))
    for (let i = 0; i < n; i++) particular[i] = particular[i]! + correction[i]!
  }
  const unit = (i: number) => {
    const y = new Float64Array(n)
    y[i] = 1
    return applyQ(f, y)
  }
  return { particular, null: Array.from({ length: nullity }, (_, i) => unit(n - nullity + i)) }
}

interface Factors {
  readonly n: number
  readonly w: number
  /** Steps taken in the corner: w − q. */
  readonly cornerRank: number
  /** R in columns j … j+w below n − w, w + 1 numbers a row. */
  readonly band: Float64Array
  /** R in the last w columns, w numbers a row; below row n − w the corner. */
  readonly tail: Float64Array
  /** Order in which the corner's columns were cleared. */
  readonly order: readonly number[]
  /** v of each reflection I − v·vᵀ (‖v‖² = 2): w + 1 numbers, the first for row j, the others for the last w rows. */
  readonly reflections: Float64Array
}

function factorise(rows: readonly ArrayLike<number>[], n: number, w: number, cornerRank: number): Factors {
  const m = n - w
  const band = new Float64Array(m * (w + 1))
  const tail = new Float64Array(n * w)
  const low = new Float64Array(w * m)
  rows.forEach((row, i) => {
    for (let e = 0; e < row.length; e++) {
      const j = (i + e) % n
      if (j >= m) tail[i * w + j - m] = row[e]!
      else if (i < m) band[i * (w + 1) + e] = row[e]!
      else low[(i - m) * m + j] = row[e]!
    }
  })
  const reflections = new Float64Array((m + cornerRank) * (w + 1))
  const v = new Float64Array(w + 1)
  for (let j = 0; j < m; j++) {
    v[0] = band[j * (w + 1)]!
    for (let r = 0; r < w; r++) v[r + 1] = low[r * m + j]!
    band[j * (w + 1)] = householder(v, 0)
    reflections.set(v, j * (w + 1))
    for (let e = 1; e <= w && j + e < m; e++) {
      const dot = v[0]! * band[j * (w + 1) + e]! + dotColumn(v, low, j + e, m, w)
      band[j * (w + 1) + e] = band[j * (w + 1) + e]! - dot * v[0]!
      for (let r = 0; r < w; r++) low[r * m + j + e] = low[r * m + j + e]! - dot * v[r + 1]!
    }
    for (let e = 0; e < w; e++) {
      let dot = v[0]! * tail[j * w + e]!
      for (let r = 0; r < w; r++) dot += v[r + 1]! * tail[(m + r) * w + e]!
      tail[j * w + e] = tail[j * w + e]! - dot * v[0]!
      for (let r = 0; r < w; r++) tail[(m + r) * w + e] = tail[(m + r) * w + e]! - dot * v[r + 1]!
    }
  }
  const order = factoriseCorner(tail.subarray(m * w), w, cornerRank, reflections.subarray(m * (w + 1)))
  return { n, w, cornerRank, band, tail, order, reflections }
}

/** Householder with column pivoting of the w × w corner (row-major, in place); its reflections are written out. */
function factoriseCorner(corner: Float64Array, w: number, rank: number, reflections: Float64Array): number[] {
  const order = Array.from({ length: w }, (_, e) => e)
  for (let j = 0; j < rank; j++) {
    let best = j
    let bestNorm = -1
    for (let o = j; o < w; o++) {
      let norm = 0
      for (let r = j; r < w; r++) norm += corner[r * w + order[o]!]! ** 2
      if (norm > bestNorm) {
        best = o
        bestNorm = norm
      }
    }
    const pivot = order[best]!
    order[best] = order[j]!
    order[j] = pivot
    const v = reflections.subarray(j * (w + 1), (j + 1) * (w + 1))
    for (let r = j; r < w; r++) v[r + 1] = corner[r * w + pivot]!
    const diagonal = householder(v, j + 1)
    for (let o = j + 1; o < w; o++) {
      const e = order[o]!
      const dot = dotColumn(v, corner, e, w, w)
      for (let r = j; r < w; r++) corner[r * w + e] = corner[r * w + e]! - dot * v[r + 1]!
    }
    corner[j * w + pivot] = diagonal
  }
  return order
}

/** Turns x (from `head` on) into the v that reflects it onto its head; returns what the head becomes. */
function householder(x: Float64Array, head: number): number {
  let sum = 0
  for (let i = head; i < x.length; i++) sum += x[i]! ** 2
  if (sum === 0) return 0
  const norm = x[head]! > 0 ? -Math.sqrt(sum) : Math.sqrt(sum)
  x[head] = x[head]! - norm
  // ‖x − norm·e‖² = 2·norm·(norm − x₀) = −2·norm·v₀.
  const scale = Math.sqrt(2 / (-2 * norm * x[head]!))
  for (let i = head; i < x.length; i++) x[i] = x[i]! * scale
  return norm
}

function dotColumn(v: Float64Array, matrix: Float64Array, column: number, stride: number, rows: number): number {
  let dot = 0
  for (let r = 0; r < rows; r++) dot += v[r + 1]! * matrix[r * stride + column]!
  return dot
}

/** Q·[z; 0] with Rᵀ·z = b. */
function solveTransposed(f: Factors, b: Float64Array): Float64Array {
  const { n, w, cornerRank, band, tail, order } = f
  const m = n - w
  const z = new Float64Array(n)
  for (let j = 0; j < m; j++) {
    let sum = b[j]!
    for (let i = Math.max(0, j - w); i < j; i++) sum -= band[i * (w + 1) + j - i]! * z[i]!
    z[j] = sum / band[j * (w + 1)]!
  }
  for (let c = 0; c < cornerRank; c++) {
    const e = order[c]!
    let sum = b[m + e]!
    for (let i = 0; i < m + c; i++) sum -= tail[i * w + e]! * z[i]!
    z[m + c] = sum / tail[(m + c) * w + e]!
  }
  return applyQ(f, z)
}

function applyQ({ n, w, cornerRank, reflections }: Factors, y: Float64Array): Float64Array {
  const m = n - w
  for (let j = m + cornerRank - 1; j >= 0; j--) {
    const at = j * (w + 1)
    // A corner's reflection has no row of its own: its first number is 0.
    const own = Math.min(j, m - 1)
    let dot = reflections[at]! * y[own]!
    for (let r = 0; r < w; r++) dot += reflections[at + r + 1]! * y[m + r]!
    y[own] = y[own]! - dot * reflections[at]!
    for (let r = 0; r < w; r++) y[m + r] = y[m + r]! - dot * reflections[at + r + 1]!
  }
  return y
}

/** 1 − Bᵀ·a. */
function remainder(rows: readonly ArrayLike<number>[], a: Float64Array): Float64Array {
  const rest = new Float64Array(a.length).fill(1)
  rows.forEach((row, i) => {
    for (let e = 0; e < row.length; e++) {
      const j = (i + e) % a.length
      rest[j] = rest[j]! - row[e]! * a[i]!
    }
  })
  return rest
}
