// The measurement in a browser; whoever opened the page calls these.

import type { BackendName } from '@muster/vocabulary'
import { startBackend } from '@muster/workloads'
import { type Adapter, currentAdapter } from '../adapter.ts'
import { measurePeak, measureStep } from '../measure.ts'

export interface StepPage {
  /** Null and why, where another backend than this one would run. */
  start(backend: BackendName): Promise<Adapter | { readonly whyNot: string }>
  measure: typeof measureStep
  peak: typeof measurePeak
}

const stepPage: StepPage = {
  async start(backend) {
    const { name, notes } = await startBackend({ prefer: backend, wasmPath: '/wasm/' })
    return name === backend ? currentAdapter() : { whyNot: notes.map(note => note.whyNot).join(' ') }
  },
  measure: measureStep,
  peak: measurePeak,
}

Object.assign(globalThis, { stepPage })
