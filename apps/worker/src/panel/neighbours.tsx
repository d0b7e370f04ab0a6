// Where tabs talk to each other: to how many this one does, how, and whether it may be directly.

import { formatCount } from '@muster/appearance'
import type { Status } from '../volunteer-link.ts'

interface NeighboursProps {
  /** Null: it has none yet. */
  readonly neighbours: Status['neighbours']
  readonly allowsDirect: boolean
  readonly onChange: (isAllowed: boolean) => void
}

export function Neighbours({ neighbours, allowsDirect, onChange }: NeighboursProps) {
  return (
    <div className="neighbours">
      <p data-testid="neighbours" data-direct={neighbours?.direct ?? 0} data-relayed={neighbours?.relayed ?? 0}>
        {neighbours === null ? 'In this run tabs talk to each other.' : neighbourWords(neighbours)}
      </p>
      <label className="choice">
        <input
          type="checkbox"
          data-testid="direct-links"
          checked={allowsDirect}
          onChange={event => onChange(event.target.checked)}
        />
        Talk to them directly. They can then see this device’s network address; without it everything passes through the
        coordinator.
      </label>
    </div>
  )
}

export function neighbourWords({ direct, relayed, unreached }: NonNullable<Status['neighbours']>): string {
  const all = direct + relayed + unreached
  if (all === 0) return 'There is no other tab to learn with yet.'
  const ways = [
    ...(direct > 0 ? [`${formatCount(direct)} directly`] : []),
    ...(relayed > 0 ? [`${formatCount(relayed)} through the coordinator`] : []),
    ...(unreached > 0 ? [`${formatCount(unreached)} not reached now`] : []),
  ]
  if (direct === all) return `This tab learns together with ${formatCount(all)} other${all === 1 ? '' : 's'}, directly.`
  return `This tab learns together with ${formatCount(all)} other${all === 1 ? '' : 's'}: ${ways.join(', ')}.`
}
