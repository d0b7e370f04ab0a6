import { describe, expect, it } from 'vitest'
import { browserStore } from './browser-store.ts'
import { newTabId, volunteerIdOf } from './identity.ts'
import { readPageSettings, shareKey } from './page-settings.ts'

const blocked = (): never => {
  throw new Error('Storage is blocked.')
}

function kept(): { getItem: (key: string) => string | null; setItem: (key: string, value: string) => void } {
  const map = new Map<string, string>()
  return { getItem: key => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value) }
}

describe('identity', () => {
  it('of the volunteer outlives the page, that of the tab does not', () => {
    const storage = kept()
    const first = volunteerIdOf(browserStore(() => storage))
    expect(volunteerIdOf(browserStore(() => storage))).toBe(first)
    expect(newTabId()).not.toBe(newTabId())
    expect(newTabId()).toMatch(/^[0-9a-f]{32}$/)
  })

  it('falls back to memory when storage is blocked', () => {
    const store = browserStore(blocked)
    expect(volunteerIdOf(store)).toBe(volunteerIdOf(store))
  })

  it('replaces an id that the protocol would refuse', () => {
    const storage = kept()
    storage.setItem('muster.volunteer', 'no spaces, please')
    expect(volunteerIdOf(browserStore(() => storage))).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('the address', () => {
  it('chooses backend, share and beginning', () => {
    const store = browserStore(kept)
    expect(readPageSettings('?backend=wasm&share=0.1&begin', store)).toEqual({
      backend: 'wasm',
      share: 0.1,
      allowsDirectLinks: true,
      beginsAtOnce: true,
    })
    expect(readPageSettings('', store)).toEqual({ share: 1, allowsDirectLinks: true, beginsAtOnce: false })
  })

  it('cannot ask for what does not exist', () => {
    const store = browserStore(kept)
    expect(readPageSettings('?backend=abacus&share=7', store)).toEqual({
      share: 1,
      allowsDirectLinks: true,
      beginsAtOnce: false,
    })
    expect(readPageSettings('?share=0', store).share).toBe(0.05)
    expect(readPageSettings('?share=much', store).share).toBe(1)
  })

  it('wins over the share of the last visit', () => {
    const storage = kept()
    const store = browserStore(() => storage)
    store.write(shareKey, '0.4')
    expect(readPageSettings('', store).share).toBe(0.4)
    expect(readPageSettings('?share=0.2', store).share).toBe(0.2)
  })
})
