// Where a step is measured: a backend somewhere, started on demand, that answers orders.

import type { BackendName } from '@muster/vocabulary'
import type { StepFigures } from './measure.ts'
import type { StepModel } from './models.ts'

export interface StepDevice {
  readonly backend: BackendName
  /** "Node", "Chromium 131", "Dawn for Node". */
  readonly place: string
  /** What computes; of a graphics card, its adapter. */
  readonly adapter: string
  /** The processor imitates a graphics card: counts hold, times say nothing. */
  readonly isSoftware: boolean
  measure(model: StepModel, isQuick: boolean): Promise<StepFigures>
  /** GFLOP/s. */
  peak(): Promise<number>
  close(): Promise<void>
}

/** A device, or a sentence that says why there is none. */
export type Opened = StepDevice | string

const softwareRenderer = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i

export const isSoftwareAdapter = (adapter: string, isFallback: boolean): boolean =>
  isFallback || softwareRenderer.test(adapter)
