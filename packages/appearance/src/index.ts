export { Facts } from './facts.tsx'
export {
  formatBytes,
  formatCount,
  formatDecimal,
  formatError,
  formatLoss,
  formatMoment,
  formatMs,
  formatPercent,
  formatRate,
  none,
  plural,
  shortenIds,
  shortId,
} from './format.ts'
export { Mark } from './mark.tsx'
