// What there is to show of a run without a centre.

import type { Panel, PanelFigure } from '../strategy.ts'

const figures: readonly PanelFigure[] = [
  {
    key: 'iterationMs',
    title: 'An iteration takes',
    meaning: 'In the mean over peers and over the iterations since the round before.',
    unit: 'ms',
  },
  {
    key: 'linksSkipped',
    title: 'Links skipped',
    meaning: 'Share of the graph’s edges over which nothing was exchanged in an iteration: nobody waited for them.',
    unit: 'share',
  },
  {
    key: 'backups',
    title: 'Backup workers',
    meaning: 'Neighbours that a peer did not wait for, in the mean over peers and iterations.',
    unit: 'number',
  },
  {
    key: 'consensusDistance',
    title: 'Consensus distance',
    meaning: '(1/n) Σ‖wⱼ − w̄‖: how far the estimates are from their mean.',
    unit: 'number',
    scale: 'log',
  },
  {
    key: 'directEdges',
    title: 'Direct edges',
    meaning: 'Neighbours joined by a data channel.',
    unit: 'count',
    scale: 'none',
  },
  {
    key: 'relayedEdges',
    title: 'Relayed edges',
    meaning: 'Neighbours that reach each other through the coordinator.',
    unit: 'count',
    scale: 'none',
  },
  {
    key: 'torn',
    title: 'Torn iterations',
    meaning: 'In which somebody mixed without an estimate that was due: a neighbour vanished or was not heard.',
    unit: 'count',
    scale: 'none',
  },
  {
    key: 'unbalanced',
    title: 'Unbalanced iterations',
    meaning:
      'Whose mixing weights were not symmetric or did not sum to one, though nothing was torn. Always 0, unless a peer lies.',
    unit: 'count',
    scale: 'none',
  },
  {
    key: 'iterations',
    title: 'Iterations',
    meaning: 'Of the run so far: in each of them every peer steps or is left to go on, and neighbours mix.',
    unit: 'count',
    scale: 'none',
  },
  {
    key: 'counted',
    title: 'Iterations told of',
    meaning: 'By all peers, since the round before: the figures are means over these.',
    unit: 'count',
    scale: 'none',
  },
]

const backups: PanelFigure = {
  key: 'backups',
  title: 'Backup workers',
  meaning: 'Neighbours that it did not wait for, in the mean over the iterations since the round before.',
  unit: 'number',
}

export const peersPanel: Panel = {
  title: 'Peers',
  meaning:
    'Each tab has an estimate of its own and mixes it with those of neighbours that have finished. A round is the mean of all estimates after the same iteration; nobody waits for it.',
  figures,
  histogram: null,
  workers: [backups],
  workersOverTime: [backups],
  graph: {
    title: 'Who talks to whom',
    meaning: 'Peers and the edges between them; in each iteration only edges whose both ends have finished are active.',
  },
}
