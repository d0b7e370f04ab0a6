// Error against NK, and along the iterations.

import { mean } from '../comparison/markdown.ts'
import { type Datum, drawLineChart, type Limit, type Panel } from '../drawing/line-chart.ts'
import type { Look } from '../drawing/looks.ts'
import { contextOf, type Plan } from './page.ts'
import type { RunRow } from './plans.ts'
import { fleets, kinds } from './setting.ts'
import { type Measure, meanOf, measures } from './tally.ts'
import { kindLooks, kindNames, measureNames } from './words.ts'

export interface Picture {
  readonly name: string
  readonly title: string
  readonly svg: string
}

export const picturesOf = (plan: Plan, rows: readonly RunRow[]): Picture[] => [
  slopePicture(plan, rows),
  curvePicture(rows),
]

function slopePicture(plan: Plan, rows: readonly RunRow[]): Picture {
  const title = 'Error against NK'
  const context = contextOf(plan)
  const products = fleets.map(workers => workers * context.iterations)
  const panels = measures.map((measure): Panel => {
    const lines = kinds.map(kind => ({
      name: kindNames[kind],
      look: kindLooks[kind],
      points: fleets.map((workers, i): Datum => [products[i]!, meanOf(rows, kind, workers, measure, context)]),
    }))
    return {
      title: measureNames[measure],
      height: 190,
      x: { name: 'NK', kind: 'log', ticks: products },
      y: { name: 'mean over seeds', kind: 'log' },
      lines,
      limits: halfLine(rows, measure, plan),
    }
  })
  const description =
    'The error and its parts against the number of peers times that of iterations, on logarithmic axes, a line for each kind; dashed, a slope of minus one half.'
  return { name: 'linear-speed-up-slopes', title, svg: drawLineChart({ title, description, columns: 1, panels }) }
}

/** From where cb-Full begins. */
function halfLine(rows: readonly RunRow[], measure: Measure, plan: Plan): Limit[] {
  const context = contextOf(plan)
  const first = meanOf(rows, 'full', fleets[0], measure, context)
  if (first === null) return []
  const points = fleets.map((workers): Datum => [workers * context.iterations, first / Math.sqrt(workers)])
  return [{ name: 'slope −1/2', points }]
}

const looks: readonly Look[] = ['grey', 'blue', 'orange', 'violet', 'green']

function curvePicture(rows: readonly RunRow[]): Picture {
  const title = '‖∇F‖² along the iterations'
  const panels = (['carry-over', 'redraw', 'full', 'alone'] as const).map(
    (kind): Panel => ({
      title: kindNames[kind],
      height: 150,
      x: { name: 'iterations', kind: 'linear', isTight: true },
      y: { name: '‖∇F‖², mean over seeds', kind: 'log' },
      lines: fleets.map((workers, i) => {
        const own = rows.filter(row => row.kind === kind && row.workers === workers)
        const points = (own[0]?.curve ?? []).map(({ iteration }, at): Datum => {
          const values = own.map(({ curve }) => curve[at]?.squared ?? null)
          return [iteration, values.every(value => value !== null) ? mean(values as number[]) : null]
        })
        return { name: `N = ${workers}`, look: looks[i]!, points }
      }),
    }),
  )
  const description =
    'The squared norm of the whole training loss’s gradient at the mean of all estimates, a panel for each kind, a line for each number of peers.'
  return { name: 'linear-speed-up-curves', title, svg: drawLineChart({ title, description, columns: 2, panels }) }
}
