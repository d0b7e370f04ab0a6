// Least squares of least norm for small dense systems in Float64, rank-deficient ones included.
//
//   A (m × n), column-major: A[i, j] = data[j·m + i];  b (m);  x (n) minimises ‖A x − b‖, and ‖x‖ among those.
//   Method: A P = Q R by Householder with column pivoting, rank r cut at `tolerance`; then Rᵀ = Z L again by
//   Householder, so that x = P Z L⁻ᵀ Qᵀ b (complete orthogonal decomposition; Golub & Van Loan, §5.4-5.5).

export interface Matrix {
  readonly rows: number
  readonly columns: number
  /** Column-major, rows × columns. */
  readonly data: Float64Array
}

export function matrixFromColumns(columns: readonly ArrayLike<number>[], rows: number): Matrix {
  const data = new Float64Array(rows * columns.length)
  columns.forEach((column, j) => {
    data.set(column, j * rows)
  })
  return { rows, columns: columns.length, data }
}

interface Factorisation {
  /** R in and above the diagonal; the Householder vectors below it, their heads in `heads`. */
  readonly data: Float64Array
  readonly heads: Float64Array
  readonly order: Uint32Array
  readonly rank: number
}

export function leastNormSolution(a: Matrix, b: ArrayLike<number>, tolerance = 1e-10): Float64Array {
  const { rows: m, columns: n } = a
  const first = factorise(a, tolerance, true)
  const r = first.rank
  const c = Float64Array.from(b)
  for (let j = 0; j < r; j++) reflect(first, m, j, c, 0)
  const x = new Float64Array(n)
  if (r === n) {
    // Full column rank: R is square, the solution unique.
    for (let j = n - 1; j >= 0; j--) {
      let sum = c[j]!
      for (let other = j + 1; other < n; other++) sum -= first.data[other * m + j]! * c[other]!
      c[j] = sum / first.data[j * m + j]!
      x[first.order[j]!] = c[j]!
    }
    return x
  }
  // Rᵀ (n × r), lower trapezoidal.
  const transposed = new Float64Array(n * r)
  for (let i = 0; i < r; i++) for (let j = i; j < n; j++) transposed[i * n + j] = first.data[j * m + i]!
  const second = factorise({ rows: n, columns: r, data: transposed }, 0, false)
  const y = new Float64Array(n)
  for (let i = 0; i < r; i++) {
    let sum = c[i]!
    for (let j = 0; j < i; j++) sum -= second.data[i * n + j]! * y[j]!
    y[i] = sum / second.data[i * n + i]!
  }
  for (let j = r - 1; j >= 0; j--) reflect(second, n, j, y, 0)
  for (let j = 0; j < n; j++) x[first.order[j]!] = y[j]!
  return x
}

function factorise(a: Matrix, tolerance: number, pivot: boolean): Factorisation {
  const { rows: m, columns: n } = a
  const data = a.data.slice()
  const heads = new Float64Array(n)
  const order = Uint32Array.from({ length: n }, (_, j) => j)
  const steps = Math.min(m, n)
  let rank = 0
  let largest = 0
  for (let j = 0; j < steps; j++) {
    if (pivot) swapColumns(data, order, m, j, longestColumn(data, m, n, j))
    const norm = tailNorm(data, m, j, j)
    if (j === 0) largest = norm
    if (norm <= tolerance * largest || norm === 0) break
    const diagonal = data[j * m + j]!
    const reflected = diagonal > 0 ? -norm : norm
    // v = (x₀ − reflected, x₁, …); H = I − 2 v vᵀ / ‖v‖².
    heads[j] = diagonal - reflected
    data[j * m + j] = reflected
    const factors: Factorisation = { data, heads, order, rank: j }
    for (let other = j + 1; other < n; other++) reflect(factors, m, j, data, other * m)
    rank = j + 1
  }
  return { data, heads, order, rank }
}

/** Applies the j-th Householder reflection to the m numbers of `target` from `offset` on. */
function reflect(f: Factorisation, m: number, j: number, target: Float64Array, offset: number): void {
  const head = f.heads[j]!
  let dot = head * target[offset + j]!
  let norm = head * head
  for (let i = j + 1; i < m; i++) {
    const v = f.data[j * m + i]!
    dot += v * target[offset + i]!
    norm += v * v
  }
  if (norm === 0) return
  const scale = (2 * dot) / norm
  target[offset + j] = target[offset + j]! - scale * head
  for (let i = j + 1; i < m; i++) target[offset + i] = target[offset + i]! - scale * f.data[j * m + i]!
}

function tailNorm(data: Float64Array, m: number, column: number, from: number): number {
  let sum = 0
  for (let i = from; i < m; i++) sum += data[column * m + i]! ** 2
  return Math.sqrt(sum)
}

function longestColumn(data: Float64Array, m: number, n: number, from: number): number {
  let best = from
  let bestNorm = -1
  for (let j = from; j < n; j++) {
    const norm = tailNorm(data, m, j, from)
    if (norm > bestNorm * (1 + 1e-12)) {
      best = j
      bestNorm = norm
    }
  }
  return best
}

function swapColumns(data: Float64Array, order: Uint32Array, m: number, i: number, j: number): void {
  if (i === j) return
  for (let row = 0; row < m; row++) {
    const kept = data[i * m + row]!
    data[i * m + row] = data[j * m + row]!
    data[j * m + row] = kept
  }
  const kept = order[i]!
  order[i] = order[j]!
  order[j] = kept
}
