// The run, live: what the coordinator says on `/watch`, checked and kept in one immutable state that pages subscribe to.

import { type RoundRecord, roundRecord, type Snapshot, snapshot } from '@muster/protocol'
import { io } from 'socket.io-client'
import * as z from 'zod/mini'
import { appendRounds } from './round-history.ts'

export interface RunState {
  readonly connection: 'connecting' | 'connected' | 'lost'
  /** When the coordinator was last heard; null before the first time. */
  readonly lostAt: Date | null
  /** A message did not fit: page and coordinator are of different versions. */
  readonly isMismatched: boolean
  readonly snapshot: Snapshot | null
  readonly rounds: readonly RoundRecord[]
}

export interface RunFeed {
  readonly state: () => RunState
  readonly subscribe: (listener: () => void) => () => void
}

const roundRecords = z.array(roundRecord)
const reconnectMs = 2_000

export function openRunFeed(): RunFeed {
  let state: RunState = { connection: 'connecting', lostAt: null, isMismatched: false, snapshot: null, rounds: [] }
  const listeners = new Set<() => void>()
  const change = (next: Partial<RunState>): void => {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }

  const socket = io('/watch', { transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 5_000 })
  const lose = (): void => {
    if (state.connection === 'connected') change({ connection: 'lost', lostAt: new Date() })
    else if (state.connection === 'connecting') change({ connection: 'lost' })
  }
  socket.on('connect', () => change({ connection: 'connected', lostAt: null, isMismatched: false }))
  socket.on('connect_error', lose)
  socket.on('disconnect', reason => {
    lose()
    // The library comes back by itself, except when the coordinator hung up on purpose (it stops, or starts anew).
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), reconnectMs)
  })
  socket.on('snapshot', (message: unknown) => {
    const reading = snapshot.safeParse(message)
    change(reading.success ? { snapshot: reading.data } : { isMismatched: true })
  })
  socket.on('history', (message: unknown) => {
    const reading = roundRecords.safeParse(message)
    change(reading.success ? { rounds: appendRounds([], reading.data) } : { isMismatched: true })
  })
  socket.on('rounds', (message: unknown) => {
    const reading = roundRecords.safeParse(message)
    change(reading.success ? { rounds: appendRounds(state.rounds, reading.data) } : { isMismatched: true })
  })

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
