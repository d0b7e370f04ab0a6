// What redundancy and rescues cost in the last rounds, and what they saved, each as a share of a round on one scale.

import { formatPercent, plural } from '@muster/appearance'
import type { PanelFigure, RoundRecord } from '@muster/protocol'
import { formatFigure } from '../live/panel-figures.ts'
import { type RedundancyCost, redundancyCost } from '../live/redundancy-cost.ts'

/** Shares that are all small are not to look large. */
const scaleMin = 0.25

interface MeterProps {
  readonly rounds: readonly RoundRecord[]
  /** k */
  readonly partitions: number
  /** Of the strategy's panel. */
  readonly figures: readonly PanelFigure[]
}

export function RedundancyMeter({ rounds, partitions, figures }: MeterProps) {
  const cost = redundancyCost(rounds, partitions, figures)
  return (
    <div className="plot cost" data-testid="redundancy-cost">
      <h3>What redundancy costs</h3>
      {cost !== null && (
        <p className="quiet">
          In the mean of the last {plural(cost.rounds, 'round')}; a full bar is {formatPercent(scaleOf(cost), 0)} of a
          round.
        </p>
      )}
      {cost === null ? <p className="quiet">Counted from the first round on.</p> : <Balance cost={cost} />}
    </div>
  )
}

const scaleOf = ({ beyond, onPurpose, again, savings }: RedundancyCost): number =>
  Math.max(scaleMin, beyond, onPurpose, again, ...savings.map(({ share }) => share))

function Balance({ cost }: { readonly cost: RedundancyCost }) {
  const { beyond, onPurpose, again, savings } = cost
  const scale = scaleOf(cost)
  return (
    <div className="balance">
      <section aria-labelledby="spent-heading">
        <h4 id="spent-heading">Spent</h4>
        <dl>
          <Row name="Computed more than needed" hook="cost-beyond" share={beyond} scale={scale}>
            By all tabs together, beyond each partition once; as a share of all partitions.
          </Row>
          <Row name="Given to several on purpose" hook="cost-on-purpose" share={onPurpose} scale={scale}>
            So that nobody slow or lost is waited for, or two share an upload. Not all of it is computed.
          </Row>
          <Row name="Done again" hook="cost-again" share={again} scale={scale}>
            Given out a second time, for what was lost or late.
          </Row>
        </dl>
      </section>
      <section aria-labelledby="saved-heading">
        <h4 id="saved-heading">Saved</h4>
        {savings.length === 0 ? (
          <p className="note">This strategy measures nothing of what it saves.</p>
        ) : (
          <dl className="saved">
            {savings.map(({ figure, value, share }) => (
              <Row
                key={figure.key}
                name={figure.title}
                hook={`saved-${figure.key}`}
                share={share}
                scale={scale}
                words={figure.unit === 'ms' ? `${formatFigure(value, 'ms')}, ${formatPercent(share)}` : null}
              >
                {figure.meaning}
              </Row>
            ))}
          </dl>
        )}
      </section>
    </div>
  )
}

interface RowProps {
  readonly name: string
  readonly hook: string
  readonly share: number
  readonly scale: number
  /** Where the share alone is not what was measured. */
  readonly words?: string | null
  readonly children: string
}

const Row = ({ name, hook, share, scale, words = null, children }: RowProps) => (
  <div>
    <dt>{name}</dt>
    <dd data-testid={hook} data-value={share}>
      {words ?? formatPercent(share)}
    </dd>
    <dd className="bar" aria-hidden="true">
      <i style={{ width: `${(100 * share) / scale}%` }} />
    </dd>
    <dd className="note">{children}</dd>
  </div>
)
