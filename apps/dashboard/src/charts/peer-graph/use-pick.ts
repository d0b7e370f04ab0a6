// One of several things in a picture: the one pointed at, else the one chosen by click or key.

import { useState } from 'react'

export interface Pick<Value> {
  readonly value: Value | null
  readonly chosen: Value | null
  /** Null: nothing is pointed at any more. */
  readonly point: (value: Value | null) => void
  readonly choose: (value: Value | null) => void
}

export function usePick<Value>(): Pick<Value> {
  const [pointed, point] = useState<Value | null>(null)
  const [chosen, choose] = useState<Value | null>(null)
  return { value: pointed ?? chosen, chosen, point, choose }
}

/** Where an arrow key leads among so many, from one of them or from none; null for any other key. */
export function stepBy(key: string, from: number, count: number): number | null {
  const last = count - 1
  if (key === 'Home') return 0
  if (key === 'End') return last
  if (key === 'ArrowRight' || key === 'ArrowDown') return from < 0 ? 0 : Math.min(last, from + 1)
  if (key === 'ArrowLeft' || key === 'ArrowUp') return from < 0 ? last : Math.max(0, from - 1)
  return null
}
