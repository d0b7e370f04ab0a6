// What a run came to: its end is the mean of its last points, because a single one depends on who was exchanged last.

import { mean } from '../comparison/markdown.ts'
import type { RunFound } from './play-run.ts'
import { endPoints } from './watch-exchanges.ts'

type Curve = Pick<RunFound, 'curve'>

/** Infinity where it is no number any more, or the run did not get there. */
const lossOf = ({ loss }: RunFound['curve'][number]): number => loss ?? Number.POSITIVE_INFINITY

const lastOf = ({ curve }: Curve) => curve.slice(-endPoints)

export const endLoss = (row: Curve): number => mean(lastOf(row).map(lossOf))

export const endAccuracy = (row: Curve): number => mean(lastOf(row).map(({ accuracy }) => accuracy))

export const worstLoss = ({ curve }: Curve): number => Math.max(...curve.map(lossOf))
