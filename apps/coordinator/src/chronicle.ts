// What is told of a run: its rounds, what they looked like, what happened, what was refused. Kept in memory for those
// who watch, and in the record for those who come later. Bounded where tabs could make it grow for ever.

import type { RoundFacts } from '@muster/engine'
import type { RoundRecord, RunEvent, Snapshot } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import type { ModelVersion } from '@muster/vocabulary'
import type { Evaluation } from '@muster/workloads'
import type { OpenedRun } from './open-run.ts'

const lanesKept = 16
const eventsKept = 2_000

export interface RoundLanes {
  readonly round: number
  readonly ms: number
  readonly workers: RoundFacts['lanes']
}

export interface Chronicle {
  readonly history: readonly RoundRecord[]
  readonly lanes: readonly RoundLanes[]
  readonly events: readonly RunEvent[]
  readonly refusals: Readonly<Record<string, number>>
  /** Over all rounds. */
  readonly totals: Snapshot['totals']
  evaluation(): Evaluation | null
  /** What a text model wrote when it was last evaluated, after so many rounds. */
  sample(): { readonly round: number; readonly text: string } | null
  closeRound(facts: RoundFacts): RoundRecord
  /** Writes the round's record; what a checkpoint holds is to be written before it. */
  keepRound(round: number, modelVersion: ModelVersion): void
  /** The record of the round that led to the version, completed; undefined where that round is not known. */
  scoreModel(modelVersion: ModelVersion, score: Evaluation, at: number): RoundRecord | undefined
  /** For those who watch. */
  note(event: RunEvent): void
  /** For the record as well. */
  keepEvent(event: RunEvent): void
  countBytes(bytes: number): void
  countRefusal(code: string): void
}

export function createChronicle(opened: OpenedRun, storage: Storage): Chronicle {
  const history = [...opened.history]
  const lanes: RoundLanes[] = []
  const events = [...opened.events]
  const refusals: Record<string, number> = {}
  const run = opened.id
  const totals = { stragglers: 0, reissued: 0, results: 0, bytesIn: 0 }
  const addToTotals = (record: RoundRecord) => {
    for (const key of ['stragglers', 'reissued', 'results', 'bytesIn'] as const) totals[key] += record[key]
  }
  history.forEach(addToTotals)
  let bytesIn = 0
  let evaluation = lastEvaluation(history)
  let sample = opened.sample

  const note = (event: RunEvent) => {
    events.push(event)
    if (events.length > eventsKept) events.shift()
  }

  return {
    history,
    lanes,
    events,
    refusals,
    totals,
    evaluation: () => evaluation,
    sample: () => sample,
    closeRound({ lanes: workers, openedAt: _openedAt, ...facts }) {
      const record: RoundRecord = { ...facts, testLoss: null, testAccuracy: null, bytesIn }
      bytesIn = 0
      history.push(record)
      addToTotals(record)
      lanes.push({ round: record.round, ms: record.ms, workers })
      if (lanes.length > lanesKept) lanes.shift()
      return record
    },
    keepRound(round, modelVersion) {
      const facts = history.findLast(record => record.round === round)
      if (facts) storage.rounds.append({ run, round, modelVersion, facts })
    },
    scoreModel(modelVersion, score, at) {
      evaluation = score
      sample = textOf(score, modelVersion, opened.classNames) ?? sample
      const index = history.findLastIndex(record => record.round === modelVersion - 1)
      const record = history[index]
      if (!record) return undefined
      const completed = { ...record, testLoss: score.loss, testAccuracy: score.accuracy }
      history[index] = completed
      storage.events.append({ run, at, round: record.round, kind: 'evaluated', detail: score })
      return completed
    },
    note,
    keepEvent(event) {
      note(event)
      storage.events.append({ run, ...event })
    },
    countBytes(bytes) {
      bytesIn += bytes
    },
    countRefusal(code) {
      refusals[code] = (refusals[code] ?? 0) + 1
    },
  }
}

/** The text of an evaluation's tokens, after so many rounds. */
export function textOf(
  { sample }: Evaluation,
  round: number,
  classNames: readonly string[],
): { readonly round: number; readonly text: string } | null {
  if (sample === undefined) return null
  return { round, text: sample.map(token => classNames[token] ?? '').join('') }
}

function lastEvaluation(history: readonly RoundRecord[]): Evaluation | null {
  const record = history.findLast(({ testAccuracy }) => testAccuracy !== null)
  return record ? { loss: record.testLoss!, accuracy: record.testAccuracy! } : null
}
