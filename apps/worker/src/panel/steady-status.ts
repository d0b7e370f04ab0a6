// Between two rounds a tab waits for a moment, many times a minute. Said aloud each time it would be noise:
// a wait counts as one only when it lasts.

import { useEffect, useState } from 'react'
import type { Status } from '../volunteer-link.ts'

const waitingMsMin = 2_500

export function useSteadyStatus(status: Status): Status {
  const [settled, setSettled] = useState(status.phase)
  useEffect(() => {
    if (status.phase === settled) return
    if (settled !== 'computing' || status.phase !== 'waiting' || status.connection !== 'connected') {
      setSettled(status.phase)
      return
    }
    const timer = setTimeout(() => setSettled('waiting'), waitingMsMin)
    return () => clearTimeout(timer)
  }, [status.phase, status.connection, settled])
  const isBetweenRounds = settled === 'computing' && status.phase === 'waiting' && status.connection === 'connected'
  return isBetweenRounds ? { ...status, phase: 'computing' } : status
}
