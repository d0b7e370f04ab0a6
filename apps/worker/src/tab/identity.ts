// Who is thanked (one id a browser, kept) and who computes (one id a page load).

import type { BrowserStore } from './browser-store.ts'

const volunteerKey = 'muster.volunteer'
const idPattern = /^[\w-]{1,64}$/

/** 32 hexadecimal characters: 128 random bits. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

export function volunteerIdOf(store: BrowserStore): string {
  const kept = store.read(volunteerKey)
  if (kept !== null && idPattern.test(kept)) return kept
  const fresh = randomId()
  store.write(volunteerKey, fresh)
  return fresh
}

export const newTabId = randomId
