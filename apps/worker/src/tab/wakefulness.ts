// Two requests to the browser while this tab works: do not freeze it when hidden, and (if ticked) keep the screen on.

import { useEffect } from 'react'

/** A held Web Lock exempts a hidden tab from being frozen. */
export function useFreezeExemption(isWorking: boolean): void {
  useEffect(() => {
    if (!isWorking || !('locks' in navigator)) return
    const ending = new AbortController()
    let letGo: () => void = () => {}
    const held = new Promise<void>(resolve => {
      letGo = resolve
    })
    navigator.locks
      .request(`muster-${crypto.getRandomValues(new Uint32Array(1))[0]}`, { signal: ending.signal }, () => held)
      .catch(() => {}) // aborted before it was granted, or forbidden here: the tab works all the same
    return () => {
      letGo()
      ending.abort()
    }
  }, [isWorking])
}

export const canKeepScreenOn = (): boolean => 'wakeLock' in navigator

export function useScreenWakeLock(isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted || !canKeepScreenOn()) return
    let isOver = false
    let sentinel: WakeLockSentinel | undefined
    const acquire = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return
      try {
        const got = await navigator.wakeLock.request('screen')
        if (isOver) await got.release()
        else sentinel = got
      } catch {
        // Refused (battery saver, policy): the screen may go dark, the tab works on.
      }
    }
    void acquire()
    // The browser takes the lock back whenever the tab is hidden.
    document.addEventListener('visibilitychange', acquire)
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', acquire)
      void sentinel?.release()
    }
  }, [isWanted])
}
