// How often each whole number was seen in the run: bars, the pointed-at one in words, and the same as a table.

import { formatCount, formatPercent } from '@muster/appearance'
import type { Panel } from '@muster/protocol'
import { useRef, useState } from 'react'
import { formatCountMark } from '../live/panel-figures.ts'
import { AsTable } from './as-table.tsx'
import { binAt, binWords, drawHistogram, type HistogramDrawing } from './histogram-geometry.ts'
import { useWidth } from './use-width.ts'

const height = 150
const margin = { top: 8, right: 14, bottom: 42, left: 46 }
const barsHeight = height - margin.top - margin.bottom

type HistogramContent = NonNullable<Panel['histogram']>

export function Histogram({ histogram }: { readonly histogram: HistogramContent }) {
  const { title, meaning, of, counts, binsMax } = histogram
  const [pointed, setPointed] = useState<number | null>(null)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const at = pointed !== null && pointed < counts.length ? pointed : null
  return (
    <figure className="plot histogram" data-testid="histogram" data-value={total}>
      <figcaption>
        <h3>{title}</h3>
        <p className="value">
          <b>{formatCount(total)}</b>{' '}
          <span className="quiet" aria-hidden="true">
            {at === null
              ? 'in all'
              : `${binWords(at, binsMax)} ${of}: ${formatCount(counts[at] ?? 0)}, ${shareOf(counts[at] ?? 0, total)}`}
          </span>
        </p>
        <p className="note quiet">{meaning}</p>
      </figcaption>
      <Bars histogram={histogram} total={total} pointed={at} onPoint={setPointed} />
      <HistogramTable histogram={histogram} total={total} />
    </figure>
  )
}

interface BarsProps {
  readonly histogram: HistogramContent
  readonly total: number
  readonly pointed: number | null
  readonly onPoint: (bin: number | null) => void
}

function Bars({ histogram, total, pointed, onPoint }: BarsProps) {
  const { of, counts, binsMax } = histogram
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box, 320)
  const inner = Math.max(0, width - margin.left - margin.right)
  const drawing = drawHistogram(counts, binsMax, inner, barsHeight)
  return (
    <div ref={box} className="canvas" style={{ minHeight: height }}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={summaryOf(histogram, total)}
        onPointerMove={event => {
          const left = event.currentTarget.getBoundingClientRect().left + margin.left
          onPoint(binAt(event.clientX - left, drawing.pitch, counts.length))
        }}
        onPointerLeave={() => onPoint(null)}
      >
        <g transform={`translate(${margin.left} ${margin.top})`}>
          <CountAxis drawing={drawing} width={inner} />
          {drawing.bars.map((bar, bin) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
            <rect key={bin} className={bin === pointed ? 'bar pointed' : 'bar'} {...bar} />
          ))}
          {drawing.binMarks.map(({ bin, x, words }) => (
            <text key={bin} x={x} y={barsHeight + 16} textAnchor="middle">
              {words}
            </text>
          ))}
          <text x={inner / 2} y={barsHeight + 36} textAnchor="middle">
            {of}
          </text>
        </g>
      </svg>
      {total === 0 && <p className="quiet">Nothing counted yet.</p>}
    </div>
  )
}

function CountAxis({ drawing, width }: { readonly drawing: HistogramDrawing; readonly width: number }) {
  return drawing.countMarks.map(({ count, y }) => (
    <g key={count}>
      <line x1={0} x2={width} y1={y} y2={y} />
      <text x={-8} y={y + 4} textAnchor="end">
        {formatCountMark(count)}
      </text>
    </g>
  ))
}

const shareOf = (count: number, total: number): string => formatPercent(total === 0 ? 0 : count / total)

function summaryOf({ title, of, counts, binsMax }: HistogramContent, total: number): string {
  if (total === 0) return `${title}: nothing has been counted yet.`
  const most = counts.indexOf(Math.max(...counts))
  const last = counts.length - 1
  const beyond = `${binWords(last, binsMax)} ${of}: ${formatCount(counts[last] ?? 0)}`
  return `${title}: ${formatCount(total)} in all; most often ${binWords(most, binsMax)} ${of}, ${shareOf(counts[most] ?? 0, total)}; ${beyond}.`
}

function HistogramTable({ histogram, total }: { readonly histogram: HistogramContent; readonly total: number }) {
  const { title, of, counts, binsMax } = histogram
  if (total === 0) return null
  return (
    <AsTable
      title={title}
      extent="all bins"
      table={() => (
        <table>
          <thead>
            <tr>
              <th scope="col">{of}</th>
              <th scope="col" className="figure">
                Times
              </th>
              <th scope="col" className="figure">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {counts.map((count, bin) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
              <tr key={bin}>
                <th scope="row">{binWords(bin, binsMax)}</th>
                <td className="figure">{formatCount(count)}</td>
                <td className="figure">{shareOf(count, total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )
}
