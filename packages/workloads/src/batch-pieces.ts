// A batch in pieces, so that a tab that computes can stop within one: the gradients of the pieces add up to the whole's.

import type { Batch } from './samples.ts'

/**
 * Samples `from` up to but without `to` of a batch. Shares the memory, and drops in random layers what the whole would.
 * @throws RangeError when there are no such samples, or none at all
 */
export function pieceOf({ size, inputs, labels, drawKey }: Batch, from: number, to: number): Batch {
  if (!(from >= 0 && from < to && to <= size))
    throw new RangeError(`there is no piece from sample ${from} to ${to} in a batch of ${size}`)
  const cut = <Values extends Float32Array | Uint16Array>(values: Values): Values => {
    const perSample = values.length / size
    return values.subarray(from * perSample, to * perSample) as Values
  }
  const piece = { size: to - from, inputs: cut(inputs), labels: cut(labels) }
  return drawKey === undefined
    ? piece
    : { ...piece, drawKey: { ...drawKey, firstSample: (drawKey.firstSample ?? 0) + from } }
}

/**
 * A batch cut where steps end: each piece within one step, in order.
 * @param before samples that were added before it
 */
export function piecesBySteps(batch: Batch, before: number, samplesPerStep: number): Batch[] {
  const pieces: Batch[] = []
  for (let from = 0; from < batch.size; ) {
    const to = Math.min(batch.size, from + samplesPerStep - ((before + from) % samplesPerStep))
    pieces.push(to - from === batch.size ? batch : pieceOf(batch, from, to))
    from = to
  }
  return pieces
}

/** @throws Error when the samples added leave a step half done */
export function refuseMidStep(what: string, samples: number, samplesPerStep: number): void {
  const inStep = samples % samplesPerStep
  if (inStep > 0) throw new Error(`this ${what} is in mid-step: ${inStep} of ${samplesPerStep} samples`)
}

/** @throws RangeError */
export function refuseUnwholeStep(samplesPerStep: number): void {
  if (!(Number.isInteger(samplesPerStep) && samplesPerStep >= 1))
    throw new RangeError(`a step of ${samplesPerStep} samples`)
}

/** The sizes pieces may have, the whole batch first, a single sample last: few, as a graphics card compiles by shape. */
export function pieceSizes(batchSize: number): number[] {
  const sizes = [batchSize]
  for (let size = batchSize; size > 1; sizes.push(size)) size = Math.ceil(size / 2)
  return sizes
}

/** Samples of the largest piece that takes at most `msMax` at this pace; one sample where none does. */
export const samplesOfPiece = (msPerSample: number, batchSize: number, msMax: number): number =>
  pieceSizes(batchSize).find(size => size * msPerSample <= msMax) ?? 1
