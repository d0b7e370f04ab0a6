// One batch of a partition after the other, in pieces, at the share of the device that its volunteer allows: whatever is
// made of them.

import type { RunDescription } from '@muster/protocol'
import type { Milliseconds, PartitionIndex, RoundNumber } from '@muster/vocabulary'
import { type Batch, partitionRange, pieceOf, roundSamples, samplesOfPiece } from '@muster/workloads'
import { createDutyCycle } from './duty-cycle.ts'
import type { PartitionStore } from './partition-store.ts'

export interface PaceSettings {
  readonly run: RunDescription
  readonly partitions: PartitionStore
  /** As measured before: how long a whole batch takes at full share. */
  readonly msPerBatch: Milliseconds
  /** Share of the device in a round, for a piece that took so long to compute. */
  share(round: RoundNumber, workedMs: Milliseconds): number
}

export interface BatchWork {
  readonly partition: PartitionIndex
  /** Which of the partition's batches. */
  readonly draw: number
  readonly round: RoundNumber
  isStopped(): boolean
  add(piece: Batch): Promise<void>
}

export interface PacedBatches {
  /** How long it took, pauses of the duty cycle included; not done where it was stopped in the middle. */
  compute(work: BatchWork): Promise<{ readonly ms: Milliseconds; readonly isDone: boolean }>
}

/** Of a new observation in the pace. */
const paceWeight = 0.3
/** So much work at a time: whoever is released or restarted stops within it. */
const pieceMsMax: Milliseconds = 150

export function createPacedBatches({ run, partitions, msPerBatch, share }: PaceSettings): PacedBatches {
  const duty = createDutyCycle()
  const { dataset, batchPerPartition } = run
  let msPerSample = msPerBatch / batchPerPartition

  async function addPiece({ add, round }: BatchWork, piece: Batch): Promise<void> {
    const startedAt = performance.now()
    await add(piece)
    const workedMs = performance.now() - startedAt
    msPerSample += paceWeight * (workedMs / piece.size - msPerSample)
    await duty.rest(workedMs, share(round, workedMs))
  }

  return {
    async compute(work) {
      const { partition, draw } = work
      const samples = await partitions.get(dataset.partitions[partition]!)
      const { from, to } = partitionRange(dataset.trainingSamples, dataset.partitions.length, partition)
      if (samples.count !== to - from)
        throw new Error(`data partition ${partition} holds ${samples.count} samples, not ${to - from}`)
      const startedAt = performance.now()
      const batch = roundSamples({ ...run, inputShape: dataset.inputShape }, samples, draw, partition)
      const size = samplesOfPiece(msPerSample, batch.size, pieceMsMax)
      let done = 0
      for (; done < batch.size && !work.isStopped(); done += size)
        await addPiece(work, pieceOf(batch, done, Math.min(batch.size, done + size)))
      return { ms: performance.now() - startedAt, isDone: done >= batch.size }
    },
  }
}
