// The slope of log error against log NK: a line for each seed by least squares, and Student's interval over the seeds.

import { deviation, mean } from '../comparison/markdown.ts'

export interface Interval {
  readonly mean: number
  /** Half the length of the 95 % interval; null: one seed alone has none. */
  readonly half: number | null
}

/** Pairs of x and y. */
export function slopeOf(points: readonly (readonly [number, number])[]): number {
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))]
  const products = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0)
  return products / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0)
}

/** t of 0.975 by degrees of freedom, from one on. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]
const normalQuantile = 1.96

export function intervalOf(values: readonly number[]): Interval {
  const spread = deviation(values)
  if (spread === undefined) return { mean: mean(values), half: null }
  const quantile = quantiles[values.length - 2] ?? normalQuantile
  return { mean: mean(values), half: (quantile * spread) / Math.sqrt(values.length) }
}

export const holds = ({ mean: middle, half }: Interval, value: number): boolean =>
  half !== null && Math.abs(middle - value) <= half
