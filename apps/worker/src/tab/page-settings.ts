// What the address asks for: ?backend=wasm, ?share=0.1, ?begin. The share is also kept between visits, and
// whether other tabs may be reached directly.

import type { BackendName } from '@muster/vocabulary'
import type { BrowserStore } from './browser-store.ts'

export interface PageSettings {
  readonly backend?: BackendName
  readonly share: number
  readonly allowsDirectLinks: boolean
  readonly beginsAtOnce: boolean
}

export const shareMin = 0.05
export const shareKey = 'muster.share'
/** 'no' where the volunteer has declined. */
export const directLinksKey = 'muster.direct-links'
const backends: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu']

function shareFrom(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined
  const share = Number(text)
  return Number.isFinite(share) ? Math.min(1, Math.max(shareMin, share)) : undefined
}

export function readPageSettings(search: string, store: BrowserStore): PageSettings {
  const query = new URLSearchParams(search)
  const backend = backends.find(name => name === query.get('backend'))
  return {
    ...(backend === undefined ? {} : { backend }),
    share: shareFrom(query.get('share')) ?? shareFrom(store.read(shareKey)) ?? 1,
    allowsDirectLinks: store.read(directLinksKey) !== 'no',
    beginsAtOnce: query.has('begin'),
  }
}
