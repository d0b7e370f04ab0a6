// Figures as people read them. English, with a narrow space between a number and its unit.

const thin = ' '
const whole = new Intl.NumberFormat('en')
export const none = '–'

export const formatCount = (count: number): string => whole.format(count)

export const formatPercent = (share: number | null, digits = 1): string =>
  share === null ? none : `${(share * 100).toFixed(digits)}${thin}%`

/** Three digits that matter, never an exponent above a thousandth. */
export function formatLoss(loss: number | null): string {
  if (loss === null || !Number.isFinite(loss)) return none
  if (loss !== 0 && Math.abs(loss) < 0.001) return loss.toExponential(1)
  return loss.toFixed(Math.abs(loss) < 10 ? 3 : 1)
}

export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${thin}ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)}${thin}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}${thin}min ${Math.floor(seconds % 60)}${thin}s`
  return `${Math.floor(minutes / 60)}${thin}h ${minutes % 60}${thin}min`
}
