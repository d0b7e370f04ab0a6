// What the lines and the points of the circle mean, and how many links are of which kind.

import { formatCount } from '@muster/appearance'
import type { ReactNode } from 'react'
import { wayWords } from './net-words.ts'
import { countOf, levels, type PeerNet, ways } from './peer-net.ts'

export function NetLegend({ net }: { readonly net: PeerNet }) {
  return (
    <ul className="net-legend" aria-label="Legend">
      {ways.map(way => (
        <li key={way}>
          <Sample>
            <path className={`${way} level-3`} d="M2 8H42" />
          </Sample>
          <span>{wayWords[way]}</span>
          <b data-testid={`peer-graph-${way}`}>{formatCount(countOf(net, way))}</b>
        </li>
      ))}
      <li className="apart">
        <Sample>
          <path className="direct level-3 active" d="M2 8H42" />
        </Sample>
        <span>active in the iteration shown</span>
      </li>
      <li>
        <Sample>
          {levels.map(level => (
            <path key={level} className={`direct level-${level}`} d={`M${2 + level * 8} 8h8`} />
          ))}
        </Sample>
        <span>never to always active in the last iterations</span>
      </li>
      <li>
        <Sample>
          <path className="tree" strokeWidth={9} d="M2 8H42" />
          <path className="direct level-1" d="M2 8H42" />
        </Sample>
        <span>of the tree that an epoch covers</span>
      </li>
      <li>
        <Sample>
          <circle className="node" cx="14" cy="8" r="5" />
          <circle className="node asleep" cx="32" cy="8" r="5" />
        </Sample>
        <span>peer with an active link; without one</span>
      </li>
    </ul>
  )
}

const Sample = ({ children }: { readonly children: ReactNode }) => (
  <svg width={44} height={16} aria-hidden="true">
    <g className="links">{children}</g>
  </svg>
)
