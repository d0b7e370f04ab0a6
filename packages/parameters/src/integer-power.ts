/**
 * baseⁿ for a whole n ≥ 0, by repeated squaring: the language leaves the last bit of `**` open, products are the same
 * on every machine.
 */
export function integerPower(base: number, exponent: number): number {
  let power = 1
  let square = base
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power *= square
    square *= square
  }
  return power
}
