// One curve of the run against its rounds, as an image with axes, units and a sentence for those who do not see it.

import { useLayoutEffect, useRef, useState } from 'react'
import { along, linePath, type Point, type Range, rangeOf, roundOut, ticksOf } from './curve-geometry.ts'

const height = 168

interface RunCurveProps {
  readonly title: string
  readonly unit: string
  readonly points: readonly Point[]
  readonly format: (value: number) => string
  readonly formatTick: (value: number) => string
  readonly rounds: Range
  readonly bounds?: Range
  readonly className: string
}

export function RunCurve({ title, unit, points, format, formatTick, rounds, bounds, className }: RunCurveProps) {
  const figure = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(320)
  useLayoutEffect(() => {
    if (figure.current === null) return
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(200, entry.contentRect.width)))
    watch.observe(figure.current)
    return () => watch.disconnect()
  }, [])

  const first = points[0]
  const last = points.at(-1)
  const summary =
    first === undefined || last === undefined
      ? `${title}: no rounds yet.`
      : `${title}, from ${format(first.y)} in round ${first.x} to ${format(last.y)} in round ${last.x}.`

  return (
    <figure className={`curve ${className}`} ref={figure}>
      <figcaption>
        {title} <span className="quiet">{unit}</span>
      </figcaption>
      <svg width={width} height={height} role="img" aria-label={summary}>
        <Drawing points={points} width={width} formatTick={formatTick} rounds={rounds} bounds={bounds} />
      </svg>
    </figure>
  )
}

interface DrawingProps extends Pick<RunCurveProps, 'points' | 'formatTick' | 'rounds'> {
  readonly width: number
  readonly bounds: Range | undefined
}

function Drawing({ points, width, formatTick, rounds: x, bounds }: DrawingProps) {
  const frame = { left: 48, right: width - 10, top: 8, bottom: height - 38 }
  const y = bounds ?? roundOut(rangeOf(points.map(point => point.y)), 4)
  const last = points.at(-1)
  return (
    <>
      {ticksOf(y, 4).map(tick => {
        const at = along(tick, y, frame.bottom, frame.top)
        return (
          <g key={tick}>
            <line className="grid" x1={frame.left} x2={frame.right} y1={at} y2={at} />
            <text x={frame.left - 8} y={at} textAnchor="end" dominantBaseline="central">
              {formatTick(tick)}
            </text>
          </g>
        )
      })}
      {ticksOf(x, Math.min(6, width / 60))
        .filter(Number.isInteger)
        .map(tick => (
          <text key={tick} x={along(tick, x, frame.left, frame.right)} y={frame.bottom + 16} textAnchor="middle">
            {tick}
          </text>
        ))}
      <text x={(frame.left + frame.right) / 2} y={height - 4} textAnchor="middle">
        round
      </text>
      {last === undefined ? (
        <text
          className="empty"
          x={(frame.left + frame.right) / 2}
          y={(frame.top + frame.bottom) / 2}
          textAnchor="middle"
          dominantBaseline="central"
        >
          The curve begins with the first round.
        </text>
      ) : (
        <>
          <path className="line" d={linePath(points, x, y, frame)} />
          <circle
            className="point"
            cx={along(last.x, x, frame.left, frame.right)}
            cy={along(last.y, y, frame.bottom, frame.top)}
            r="3.5"
          />
        </>
      )}
    </>
  )
}
