// From values to places on an axis, with ticks at round numbers that cover the data.

export type ScaleKind = 'linear' | 'log'

export interface Tick {
  readonly value: number
  readonly text: string
}

export interface Scale {
  readonly kind: ScaleKind
  readonly from: number
  readonly to: number
  readonly ticks: readonly Tick[]
  /** 0 at `from`, 1 at `to`. */
  place(value: number): number
}

export interface ScaleWishes {
  readonly kind: ScaleKind
  /** About so many ticks. */
  readonly count?: number
  /** These ticks instead of round numbers; the axis covers them and the data, and no more. */
  readonly ticks?: readonly number[]
  /** The axis ends with the data instead of with a tick. */
  readonly isTight?: boolean
  /** The axis covers these as well. */
  readonly including?: readonly number[]
}

export function scaleOf(values: readonly number[], wishes: ScaleWishes): Scale {
  const isLog = wishes.kind === 'log'
  const fits = (value: number) => Number.isFinite(value) && (!isLog || value > 0)
  const covered = [...values, ...(wishes.including ?? []), ...(wishes.ticks ?? [])].filter(fits)
  const least = covered.length > 0 ? Math.min(...covered) : 1
  const most = covered.length > 0 ? Math.max(...covered) : 1
  const round = isLog ? roundLog(least, most) : roundLinear(least, most, wishes.count ?? 5)
  const isTight = wishes.isTight === true || wishes.ticks !== undefined
  const [from, to] = isTight ? widened(least, most, isLog) : [round[0]!, round.at(-1)!]
  const within = (tick: number) => tick >= from && tick <= to
  const fine = () => roundLinear(from, to, wishes.count ?? 5).filter(tick => tick > 0 && within(tick))
  const inside = round.filter(within)
  // Within one power of ten 1, 2 and 5 may be too few.
  const ticks = wishes.ticks ?? (isLog && inside.length < 3 ? fine() : inside)
  const measure = isLog ? Math.log : (value: number) => value
  const start = measure(from)
  const length = measure(to) - start
  const shown = wishes.ticks || !isLog ? ticks : thinned(ticks, wishes.count ?? 5)
  return {
    kind: wishes.kind,
    from,
    to,
    ticks: shown.map(value => ({ value, text: tickText(value) })),
    place: value => (measure(value) - start) / length,
  }
}

/** One value alone still needs an axis of some length. */
function widened(least: number, most: number, isLog: boolean): readonly [number, number] {
  if (least < most) return [least, most]
  return isLog ? [least / 2, most * 2] : [least - 1, most + 1]
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function roundLinear(least: number, most: number, count: number): number[] {
  const [low, high] = widened(least, most, false)
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough * 0.999) ?? 10)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step))
}

/** 1, 2 and 5 in every power of ten from below the least to above the most. */
function roundLog(least: number, most: number): number[] {
  const lowest = Math.floor(Math.log10(least)) - 1
  const highest = Math.ceil(Math.log10(most)) + 1
  const steps: number[] = []
  for (let power = lowest; power <= highest; power++) for (const m of [1, 2, 5]) steps.push(tidy(m * 10 ** power))
  const first = steps.findLastIndex(step => step <= least * (1 + 1e-9))
  const last = steps.findIndex(step => step >= most * (1 - 1e-9))
  return steps.slice(first, Math.max(last, first + 1) + 1)
}

/** Powers of ten only, and of those every second or third, where all would be too many. */
function thinned(ticks: readonly number[], count: number): readonly number[] {
  if (ticks.length <= count + 2) return ticks
  const powers = ticks.filter(tick => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9)
  const every = Math.ceil(powers.length / (count + 2))
  return powers.filter((_, i) => i % every === 0)
}

/** Without the last digits that floating arithmetic adds. */
const tidy = (value: number): number => Number(value.toPrecision(10))

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

export function tickText(value: number): string {
  const size = Math.abs(value)
  if (value === 0 || (size >= 0.01 && size < 100_000)) return `${tidy(value)}`.replace('-', '−')
  const power = Math.floor(Math.log10(size) + 1e-9)
  const digits = `${Math.abs(power)}`.replace(/\d/g, digit => superscripts[Number(digit)]!)
  const factor = tidy(value / 10 ** power)
  return `${factor === 1 ? '' : `${factor} · `}10${power < 0 ? '⁻' : ''}${digits}`
}
