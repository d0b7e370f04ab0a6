// The figures of a run, each with its unit; the raw value stands beside the written one for whoever reads by machine.

import {
  formatBytes,
  formatCount,
  formatDecimal,
  formatError,
  formatLoss,
  formatMs,
  formatPercent,
  none,
} from '@muster/appearance'
import type { RoundRecord, Snapshot } from '@muster/protocol'
import type { ReactNode } from 'react'
import { lastOf, maxOf, sumOf } from '../live/round-history.ts'
import { RoundOf } from './headline.tsx'

interface FigureProps {
  readonly name: string
  readonly hook?: string
  readonly value: number | null
  readonly children: ReactNode
  readonly note?: string
}

function Figure({ name, hook, value, children, note }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={hook} data-value={value ?? ''}>
        {children}
      </dd>
      {note !== undefined && <dd className="note">{note}</dd>}
    </div>
  )
}

interface FiguresProps {
  readonly snapshot: Snapshot
  readonly rounds: readonly RoundRecord[]
}

export function Figures({ snapshot, rounds }: FiguresProps) {
  const last = rounds.at(-1)
  const loss = last?.loss ?? null
  const stragglers = last?.stragglers ?? null
  const redundancy = last?.redundancy ?? null
  return (
    <dl className="figures">
      <Figure name="Test accuracy" hook="test-accuracy" value={snapshot.testAccuracy} note="of unseen samples">
        {formatPercent(snapshot.testAccuracy)}
      </Figure>
      <Figure name="Training loss" hook="loss" value={loss} note={`test ${formatLoss(snapshot.testLoss)}`}>
        {formatLoss(loss)}
      </Figure>
      <Figure name="Round" hook="round" value={snapshot.round} note={`last took ${formatMs(last?.ms ?? null)}`}>
        <RoundOf round={snapshot.round} roundsEnd={snapshot.roundsEnd} />
      </Figure>
      <Figure name="Rounds per minute" hook="rounds-per-minute" value={snapshot.roundsPerMinute} note="at present">
        {formatDecimal(snapshot.roundsPerMinute, snapshot.roundsPerMinute < 100 ? 1 : 0)}
      </Figure>
      <Figure name="Workers" hook="workers-present" value={snapshot.workers.length} note="tabs present">
        {formatCount(snapshot.workers.length)}
      </Figure>
      <Figure
        name="Stragglers"
        hook="stragglers"
        value={stragglers}
        note={`last round; ${formatCount(sumOf(rounds, 'stragglers'))} in all`}
      >
        {stragglers === null ? none : formatCount(stragglers)}
      </Figure>
      <Figure name="Redundancy" hook="redundancy" value={redundancy} note="workers a partition">
        {formatDecimal(redundancy)}
      </Figure>
      <Figure
        name="Reissued"
        hook="reissued"
        value={last?.reissued ?? null}
        note={`last round; ${formatCount(sumOf(rounds, 'reissued'))} in all`}
      >
        {last === undefined ? none : formatCount(last.reissued)}
      </Figure>
    </dl>
  )
}

export function DecodingFigures({ rounds }: { readonly rounds: readonly RoundRecord[] }) {
  const last = rounds.at(-1)
  const residual = last?.residual ?? null
  return (
    <div className="plot decoding">
      <h3>Decoding</h3>
      <dl className="figures">
        <Figure
          name="Residual"
          hook="residual"
          value={residual}
          note={`worst ${formatError(maxOf(rounds, 'residual'))}`}
        >
          {formatError(residual)}
        </Figure>
        <Figure
          name="Amplification"
          hook="amplification"
          value={last?.amplification ?? null}
          note={`worst ${formatDecimal(maxOf(rounds, 'amplification'))}`}
        >
          {formatDecimal(last?.amplification ?? null)}
        </Figure>
        <Figure name="Load" hook="load" value={last?.load ?? null} note="computed / needed">
          {formatDecimal(last?.load ?? null)}
        </Figure>
        <Figure name="Gradient norm" value={last?.gradientNorm ?? null} note="of the last round">
          {formatLoss(last?.gradientNorm ?? null)}
        </Figure>
        <Figure name="Answers" value={last?.results ?? null} note={`${formatCount(sumOf(rounds, 'results'))} in all`}>
          {last === undefined ? none : formatCount(last.results)}
        </Figure>
        <Figure
          name="Received"
          value={last?.bytesIn ?? null}
          note={`${formatBytes(lastOf(rounds, 'bytesIn') ?? 0)} last round`}
        >
          {formatBytes(sumOf(rounds, 'bytesIn'))}
        </Figure>
      </dl>
      <p className="quiet">
        The sum of a round is rebuilt from the answers that came. The residual says how far the decoding is from every
        partition counted exactly once; the amplification says how much rounding errors can grow in it.
      </p>
    </div>
  )
}
