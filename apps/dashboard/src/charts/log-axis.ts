// Pure rules of a logarithmic axis: where it begins and ends, where it is marked, how a mark is written.

const marksMax = 6
/** Up to so many decades are marked at 1, 2 and 5, more at powers of ten alone. */
const fineDecadesMax = 1.7
const steps = [1, 2, 5, 10]

/** Round numbers around what is drawn, never one number alone. */
export function logRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || min <= 0) return [0.1, 1]
  const low = roundDown(min)
  const high = roundUp(max)
  return low < high ? [low, high] : [low / 2, high * 2]
}

export function logMarks(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min))
  const last = Math.ceil(Math.log10(max))
  const powers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const isFine = Math.log10(max / min) <= fineDecadesMax
  const stride = isFine ? 1 : Math.ceil(powers.length / marksMax)
  return powers
    .filter(power => power % stride === 0)
    .flatMap(power => (isFine ? [1, 2, 5] : [1]).map(step => times(step, power)))
    .filter(mark => mark >= min * (1 - slack) && mark <= max * (1 + slack))
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' })

/** In few characters, from far below one to far above a thousand. */
export const formatLogMark = (mark: number): string =>
  mark < 0.001 ? mark.toExponential(0) : mark < 1 ? String(mark) : compact.format(mark)

/** For rounding: 3 × 10⁻¹ is not exactly 0.3. */
const slack = 1e-9

/** Through text, so that 1 × 10⁻³ is 0.001 to the last bit. */
const times = (step: number, power: number): number => Number(`${step}e${power}`)

function roundDown(value: number): number {
  const power = Math.floor(Math.log10(value))
  const step = [...steps].reverse().find(one => times(one, power) <= value * (1 + slack))
  return times(step ?? 0.5, power)
}

function roundUp(value: number): number {
  const power = Math.floor(Math.log10(value))
  const step = steps.find(one => times(one, power) >= value * (1 - slack))
  return times(step ?? 20, power)
}
