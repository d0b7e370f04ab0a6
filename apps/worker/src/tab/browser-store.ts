// A few words kept in the browser. Where storage is blocked they last as long as the page, and nothing breaks.

export interface BrowserStore {
  readonly read: (key: string) => string | null
  readonly write: (key: string, value: string) => void
}

export function browserStore(storage: () => Pick<Storage, 'getItem' | 'setItem'> = () => localStorage): BrowserStore {
  const memory = new Map<string, string>()
  return {
    read(key) {
      try {
        return storage().getItem(key) ?? memory.get(key) ?? null
      } catch {
        return memory.get(key) ?? null
      }
    },
    write(key, value) {
      memory.set(key, value)
      try {
        storage().setItem(key, value)
      } catch {
        // Blocked or full: memory has it.
      }
    },
  }
}
