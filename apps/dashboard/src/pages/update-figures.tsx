// What the updates are made of: the answers that came and, where rounds are coded, how well they decode.

import { formatBytes, formatCount, formatDecimal, formatError, formatLoss, none } from '@muster/appearance'
import type { RoundRecord, Snapshot } from '@muster/protocol'
import { lastOf, maxOf } from '../live/round-history.ts'
import { Figure } from './figure.tsx'

interface RoundsProps {
  readonly rounds: readonly RoundRecord[]
  readonly totals: Snapshot['totals']
}

export function DecodingFigures({ rounds, totals }: RoundsProps) {
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
        <AnswerFigures rounds={rounds} totals={totals} hasGradients />
      </dl>
      <p className="quiet">
        The sum of a round is rebuilt from the answers that came. The residual says how far the decoding is from every
        partition counted exactly once; the amplification says how much rounding errors can grow in it.
      </p>
    </div>
  )
}

interface AnswersProps extends RoundsProps {
  readonly hasGradients: boolean
}

/** For rounds with nothing to decode. */
export function UpdateFigures(props: AnswersProps) {
  return (
    <div className="plot decoding">
      <h3>Updates</h3>
      <dl className="figures">
        <AnswerFigures {...props} />
      </dl>
    </div>
  )
}

function AnswerFigures({ rounds, totals, hasGradients }: AnswersProps) {
  const last = rounds.at(-1)
  return (
    <>
      {hasGradients && (
        <Figure name="Gradient norm" value={last?.gradientNorm ?? null} note="of the last round">
          {formatLoss(last?.gradientNorm ?? null)}
        </Figure>
      )}
      <Figure name="Answers" value={last?.results ?? null} note={`${formatCount(totals.results)} in all`}>
        {last === undefined ? none : formatCount(last.results)}
      </Figure>
      <Figure
        name="Received"
        value={last?.bytesIn ?? null}
        note={`${formatBytes(lastOf(rounds, 'bytesIn') ?? 0)} last round`}
      >
        {formatBytes(totals.bytesIn)}
      </Figure>
    </>
  )
}
