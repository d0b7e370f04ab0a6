import { roundRecord, snapshot, strategyList } from '@muster/protocol'
import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod/mini'
import { storyRound } from '../../stories/run-story.ts'
import { stories } from '../../stories/stories.ts'
import { storyStrategies } from '../../stories/strategy-list.ts'
import { takeOperatorToken } from './operator-token.ts'
import { appendRounds, lastOf, maxOf } from './round-history.ts'
import { sendCommand } from './send-command.ts'

const rounds = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => storyRound(from + index))

describe('the stories', () => {
  it('speak the protocol', () => {
    for (const [name, story] of Object.entries(stories)) {
      expect(snapshot.safeParse(story.snapshot(120)).error, name).toBeUndefined()
      const told = Array.from({ length: 120 }, (_, index) => story.round(index + 1))
      expect(z.array(roundRecord).safeParse(told).error, name).toBeUndefined()
    }
    expect(strategyList.safeParse(storyStrategies).error).toBeUndefined()
  })
})

describe('the history', () => {
  it('holds every round once, in order, whatever is repeated', () => {
    const history = appendRounds(appendRounds([], rounds(1, 5)), [...rounds(4, 6), ...rounds(6, 7)])
    expect(history.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('drops rounds that a restarted coordinator takes anew', () => {
    const history = appendRounds(rounds(1, 9), [{ ...storyRound(6), loss: 42 }])
    expect(history.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6])
    expect(history.at(-1)?.loss).toBe(42)
  })

  it('may have gaps, where old rounds were thinned out', () => {
    const history = appendRounds([], [storyRound(10), storyRound(1)])
    expect(history.map(({ round }) => round)).toEqual([1, 10])
  })

  it('knows the last value that was measured', () => {
    expect(lastOf(rounds(1, 12), 'testAccuracy')).toBe(storyRound(10).testAccuracy)
    expect(lastOf(rounds(1, 3), 'testAccuracy')).toBeNull()
    expect(maxOf([], 'residual')).toBeNull()
  })
})

describe('the token', () => {
  const memory = () => {
    const map = new Map<string, string>()
    return {
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
    }
  }
  const address = (hash: string) => ({ hash, pathname: '/dashboard', search: '' })

  it('moves from the address into the tab', () => {
    const storage = memory()
    const past = { replaceState: vi.fn() }
    expect(takeOperatorToken(address('#token=secret'), past, () => storage)).toBe('secret')
    expect(past.replaceState).toHaveBeenCalledWith(null, '', '/dashboard')
    expect(takeOperatorToken(address(''), past, () => storage)).toBe('secret')
    expect(past.replaceState).toHaveBeenCalledTimes(1)
  })

  it('is absent for a watcher, also where storage is blocked', () => {
    const past = { replaceState: vi.fn() }
    expect(takeOperatorToken(address(''), past, memory)).toBeNull()
    const blocked = (): never => {
      throw new Error('blocked')
    }
    expect(takeOperatorToken(address(''), past, blocked)).toBeNull()
    expect(takeOperatorToken(address('#token=secret'), past, blocked)).toBe('secret')
  })
})

describe('a command', () => {
  it('carries the token and comes back as nothing, a refusal or a silence', async () => {
    const fetched = vi.fn<typeof fetch>()
    vi.stubGlobal('fetch', fetched)
    fetched.mockResolvedValueOnce(new Response('{}'))
    expect(await sendCommand({ command: 'pause' }, 'secret')).toBeNull()
    expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).get('authorization')).toBe('Bearer secret')
    fetched.mockResolvedValueOnce(new Response('{"code":"operator-token","message":"No."}', { status: 403 }))
    expect(await sendCommand({ command: 'pause' }, 'wrong')).toBe('No.')
    fetched.mockResolvedValueOnce(new Response('gateway', { status: 502 }))
    expect(await sendCommand({ command: 'pause' }, 'secret')).toContain('502')
    fetched.mockRejectedValueOnce(new TypeError('network'))
    expect(await sendCommand({ command: 'pause' }, 'secret')).toContain('did not answer')
    vi.unstubAllGlobals()
  })
})
