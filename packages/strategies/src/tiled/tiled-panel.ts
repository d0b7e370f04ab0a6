// What there is to show of tiled rounds.

import type { Panel } from '../strategy.ts'

export const tiledPanel: Panel = {
  title: 'Tiles',
  meaning:
    'Each partition has one owner, and owners change while tabs compute, so that all end together. Then pairs of tabs send their sums in tiles, and what is lost is done again by others.',
  figures: [
    {
      key: 'moved',
      title: 'Changed hands',
      meaning:
        'Share of the partitions that were taken back from a tab that was slower than planned, and given to another.',
      unit: 'share',
    },
    {
      key: 'replicated',
      title: 'Computed by two on purpose',
      meaning: 'Share of the partitions that both tabs of a pair compute, so that each sends fewer coordinates.',
      unit: 'share',
    },
    {
      key: 'rescued',
      title: 'Rescued segments',
      meaning: 'Promised by a tab that was lost or far too late, and given to others.',
      unit: 'count',
    },
    {
      key: 'orders',
      title: 'Orders sent',
      meaning: 'To lengthen a list, to shorten it, or to send its sum; in the last round.',
      unit: 'count',
      scale: 'none',
    },
    {
      key: 'tiles',
      title: 'Tiles added',
      meaning: 'Segments of sums that the last round’s gradient is made of.',
      unit: 'count',
      scale: 'none',
    },
    {
      key: 'kept',
      title: 'Kept from tabs that were lost',
      meaning: 'Share of a round’s work that had come in tiles before the tab was lost, and was not done again.',
      unit: 'share',
      scale: 'none',
      isSaving: true,
    },
    {
      key: 'uploadSpared',
      title: 'Upload not waited for',
      meaning:
        'For a tab, in the mean: tiles sent while it still computed, and tiles its partner sent instead, by what a tile takes its uplink.',
      unit: 'ms',
      scale: 'none',
      isSaving: true,
    },
  ],
  histogram: null,
  workers: [],
  workersOverTime: [],
}
