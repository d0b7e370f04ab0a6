// Named timers on the real clock; setting one anew replaces it.

export interface Timers {
  set(name: string, afterMs: number, fire: () => void): void
  clear(name: string): void
  clearAll(): void
}

/** The longest wait that setTimeout knows. */
const waitMsMax = 2 ** 31 - 1

export function createTimers(): Timers {
  const running = new Map<string, ReturnType<typeof setTimeout>>()
  const clear = (name: string) => {
    clearTimeout(running.get(name))
    running.delete(name)
  }
  return {
    set(name, afterMs, fire) {
      clear(name)
      const run = () => {
        running.delete(name)
        fire()
      }
      running.set(name, setTimeout(run, Math.min(waitMsMax, Math.max(0, afterMs))))
    },
    clear,
    clearAll() {
      for (const name of [...running.keys()]) clear(name)
    },
  }
}
