/**
 * (1 + cos(π·x)) / 2 for x in [0, 1], within 2⁻⁵¹; 1 and 0 exactly at the ends. The language leaves the last bit of
 * `Math.cos` open; sums, products and quotients in a fixed order are the same on every machine.
 *
 * It is cos²(πx/2): up to the middle 1 − sin²(πx/2), from there sin²(π(1 − x)/2), so that the sine's argument never
 * exceeds π/4.
 */
export function raisedCosine(x: number): number {
  const sine = sineOfQuarterTurns(x <= 0.5 ? x : 1 - x)
  return x <= 0.5 ? 1 - sine * sine : sine * sine
}

/** sin(πx/2) for x in [0, 1/2]. */
function sineOfQuarterTurns(x: number): number {
  const angle = x * (Math.PI / 2)
  const square = angle * angle
  // Taylor's series nested from the inside, up to the 17th power: the next term is below 10⁻¹⁹.
  let series = 1
  for (let n = 16; n >= 2; n -= 2) series = 1 - (square / (n * (n + 1))) * series
  return angle * series
}
