// A peer's estimate on the wire: the tensor frame, whose fields for leases hold the estimate's name.

import type { EstimateName } from '@muster/vocabulary'
import type { ErrorCode } from './error-codes.ts'
import { decodeResultFrame, encodeResultFrame } from './tensor-frame.ts'

const purposes = ['mix', 'start'] as const

export function encodeEstimateFrame(
  { generation, iteration, degree, purpose }: EstimateName,
  vector: Float32Array,
): Uint8Array<ArrayBuffer> {
  const header = {
    lease: purposes.indexOf(purpose),
    round: generation,
    modelVersion: iteration,
    covers: degree,
    samples: 0,
    firstCoordinate: 0,
    coordinates: vector.length,
    computeMs: 0,
    lossSum: 0,
  }
  return encodeResultFrame({ header, vector })
}

/** @param coordinates that an estimate of the run has */
export function decodeEstimateFrame(
  bytes: Uint8Array,
  coordinates: number,
): { readonly estimate: EstimateName; readonly vector: Float32Array } | ErrorCode {
  const frame = decodeResultFrame(bytes)
  if (typeof frame === 'string') return frame
  const { header, vector } = frame
  const purpose = purposes[header.lease]
  if (purpose === undefined || header.firstCoordinate !== 0 || header.coordinates !== coordinates)
    return 'range-mismatch'
  if (!vector.every(Number.isFinite)) return 'value-not-finite'
  return {
    estimate: { generation: header.round, iteration: header.modelVersion, degree: header.covers, purpose },
    vector,
  }
}
