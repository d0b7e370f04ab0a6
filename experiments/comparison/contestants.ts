// Who is compared, with which settings: of several the best in hindsight is shown, cell by cell.

import type { StrategyChoice } from '@muster/strategies'
import type { Look } from '../drawing/looks.ts'

export interface Contestant {
  readonly name: string
  readonly look: Look
  /** Approximate rounds leave partitions out or count them twice: faster, and another result. */
  readonly isExact: boolean
  /** With more tabs than this it is not measured: playing one round takes seconds to minutes. */
  readonly workersMax: number
  choices(workers: number): readonly StrategyChoice[]
}

export const contestants: readonly Contestant[] = [
  {
    name: 'adaptive-repetition',
    look: 'green',
    isExact: true,
    workersMax: 256,
    choices: () => ['adaptive-repetition'],
  },
  { name: 'nested-tree', look: 'violet', isExact: true, workersMax: 64, choices: () => ['nested-tree'] },
  { name: 'nested-cyclic', look: 'orange', isExact: true, workersMax: 64, choices: () => ['nested-cyclic'] },
  {
    name: 'work-queue',
    look: 'blue',
    isExact: true,
    workersMax: 256,
    choices: workers => (workers > 64 ? [2] : [2, 4]).map(chunksPerWorker => ({ name: 'work-queue', chunksPerWorker })),
  },
  { name: 'speed-proportional', look: 'red', isExact: true, workersMax: 256, choices: () => ['speed-proportional'] },
  {
    name: 'fractional-repetition',
    look: 'grey-dashed',
    isExact: true,
    workersMax: 256,
    choices: () => [1, 3].map(s => ({ name: 'fractional-repetition', s })),
  },
  {
    name: 'cyclic-repetition',
    look: 'grey-dotted',
    isExact: true,
    workersMax: 64,
    choices: () => [1, 3].map(s => ({ name: 'cyclic-repetition', s })),
  },
  { name: 'full-synchrony', look: 'grey', isExact: true, workersMax: 256, choices: () => ['full-synchrony'] },
  { name: 'timeout', look: 'grey-mixed', isExact: true, workersMax: 64, choices: () => ['timeout'] },
  {
    name: 'backup-workers',
    look: 'grey-ring',
    isExact: false,
    workersMax: 256,
    choices: workers => [1, workers / 8].filter(unlike).map(b => ({ name: 'backup-workers', b })),
  },
  { name: 'm-synchronous', look: 'grey-cross', isExact: false, workersMax: 64, choices: () => ['m-synchronous'] },
]

const unlike = (value: number, i: number, all: readonly number[]): boolean => all.indexOf(value) === i

/** With a mark at those whose result is another one. */
export const written = ({ name, isExact }: Contestant): string => (isExact ? name : `${name} ≈`)
