// Figures as people read them. English, with a no-break space between a number and its unit.

const gap = ' '
const whole = new Intl.NumberFormat('en')
export const none = '–'

export const formatCount = (count: number): string => whole.format(count)

export const formatPercent = (share: number | null, digits = 1): string =>
  share === null ? none : `${(share * 100).toFixed(digits)}${gap}%`

/** Three decimals; very small losses by their power of ten. */
export function formatLoss(loss: number | null): string {
  if (loss === null || !Number.isFinite(loss)) return none
  if (loss !== 0 && Math.abs(loss) < 0.001) return loss.toExponential(1)
  return loss.toFixed(Math.abs(loss) < 10 ? 3 : 1)
}

export function formatMs(ms: number | null): string {
  if (ms === null) return none
  if (ms < 10) return `${ms.toFixed(1)}${gap}ms`
  if (ms < 1000) return `${Math.round(ms)}${gap}ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)}${gap}s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}${gap}min ${Math.floor((ms % 60_000) / 1000)}${gap}s`
  return `${Math.floor(ms / 3_600_000)}${gap}h ${Math.floor((ms % 3_600_000) / 60_000)}${gap}min`
}

/** A relative error: zero is exact, anything else is a power of ten. */
export function formatError(value: number | null): string {
  if (value === null) return none
  return value === 0 ? '0' : value.toExponential(1)
}

export const formatDecimal = (value: number | null, digits = 2): string =>
  value === null ? none : value.toFixed(digits)

/** As it was typed: no trailing zeros, no exponent where a decimal is short. */
export const formatRate = (rate: number): string => String(Number(rate.toPrecision(6)))

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${gap}B`
  const units = ['kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${value.toFixed(value < 10 ? 1 : 0)}${gap}${units[step - 1]}`
}

const epochMsMin = 1e11

/** A moment: the clock's time where it is one, else the time since the run began. */
export function formatMoment(at: number): string {
  if (at >= epochMsMin) return new Date(at).toLocaleTimeString('en-GB')
  const seconds = Math.floor(at / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

export const shortId = (id: string): string => (id.length <= 8 ? id : id.slice(0, 8))

/** In a sentence: long names as the table of workers shows them. */
export const shortenIds = (text: string): string => text.replace(/\b[0-9a-f]{32}\b/g, shortId)

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`
