// The figures at the top of the page: what the model has learnt, how fast, and with whom.

import { formatCount, formatDecimal, formatLoss, formatMs, formatPercent, none } from '@muster/appearance'
import type { RoundRecord, Snapshot } from '@muster/protocol'
import { Figure } from './figure.tsx'
import { RoundOf } from './headline.tsx'

interface FiguresProps {
  readonly snapshot: Snapshot
  readonly rounds: readonly RoundRecord[]
  /** Where nobody is given another's partitions, there is neither redundancy nor anything to reissue. */
  readonly isCoded: boolean
}

export function Figures({ snapshot, rounds, isCoded }: FiguresProps) {
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
        note={`last round; ${formatCount(snapshot.totals.stragglers)} in all`}
      >
        {stragglers === null ? none : formatCount(stragglers)}
      </Figure>
      {isCoded && (
        <>
          <Figure name="Redundancy" hook="redundancy" value={redundancy} note="workers a partition">
            {formatDecimal(redundancy)}
          </Figure>
          <Figure
            name="Reissued"
            hook="reissued"
            value={last?.reissued ?? null}
            note={`last round; ${formatCount(snapshot.totals.reissued)} in all`}
          >
            {last === undefined ? none : formatCount(last.reissued)}
          </Figure>
        </>
      )}
    </dl>
  )
}
