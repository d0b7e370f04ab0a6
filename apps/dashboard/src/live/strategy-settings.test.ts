import { command as commandSchema } from '@muster/protocol'
import { describe, expect, it, vi } from 'vitest'
import { storyStrategies } from '../../stories/strategy-list.ts'
import { fetchStrategies } from './strategy-list.ts'
import { firstTexts, readSettings, writeSetting } from './strategy-settings.ts'

const named = (name: string) => storyStrategies.find(one => one.name === name)!
const stale = named('adaptive-bounded-staleness')
const defaults = { k0: '4', rule: 'adasync', c: '2', starvedAfter: '2' }

describe('what stands in the fields at first', () => {
  it('is the default, or the value in force where the strategy is', () => {
    expect(firstTexts(stale, { name: 'full-synchrony', settings: { k0: 9 } })).toEqual(defaults)
    expect(firstTexts(stale, { name: stale.name, settings: { k0: 9, rule: 'fixed', c: 0.1234567 } })).toEqual({
      ...defaults,
      k0: '9',
      rule: 'fixed',
      c: '0.1234567',
    })
  })

  it('is the default where the value in force is of another kind', () => {
    expect(firstTexts(stale, { name: stale.name, settings: { k0: 'many', rule: 7 } })).toEqual(defaults)
  })
})

describe('what is typed', () => {
  it('becomes a command that the protocol knows', () => {
    const { command } = readSettings(stale, { ...defaults, c: ' 1,5 ' })
    expect(command).toEqual({
      command: 'set-strategy',
      name: stale.name,
      settings: { k0: 4, rule: 'adasync', c: 1.5, starvedAfter: 2 },
    })
    expect(commandSchema.safeParse(command).success).toBe(true)
    expect(readSettings(named('full-synchrony'), {}).command).toMatchObject({ settings: {} })
  })

  it('is told what it may be where it cannot be', () => {
    const { command, troubles } = readSettings(stale, { k0: '1,000', rule: 'fast', c: '', starvedAfter: '2.5' })
    expect(command).toBeNull()
    expect(troubles).toEqual({
      k0: '"1,000" cannot be: a whole number from 1 to 512 can.',
      rule: '"fast" cannot be: adasync or fixed can.',
      c: '"" cannot be: a number from 0 to 1e9 can.',
      starvedAfter: '"2.5" cannot be: a whole number from 0 to 100 can.',
    })
  })
})

describe('a value', () => {
  it('is written exactly, and as it may be typed', () => {
    expect([4, 0.1234567, 123_456, 1_000_000_000, 1_234_567].map(writeSetting)).toEqual([
      '4',
      '0.1234567',
      '123456',
      '1e9',
      '1234567',
    ])
    expect(writeSetting('own')).toBe('own')
    expect(writeSetting(true)).toBe('true')
  })
})

describe('the list of strategies', () => {
  it('comes as it is, or as a sentence that says why not', async () => {
    const fetched = vi.fn<typeof fetch>()
    vi.stubGlobal('fetch', fetched)
    fetched.mockResolvedValueOnce(new Response(JSON.stringify(storyStrategies)))
    expect(await fetchStrategies()).toEqual(storyStrategies)
    fetched.mockResolvedValueOnce(new Response('{}'))
    expect(await fetchStrategies()).toContain('different versions')
    fetched.mockResolvedValueOnce(new Response('', { status: 404 }))
    expect(await fetchStrategies()).toContain('404')
    fetched.mockRejectedValueOnce(new TypeError('network'))
    expect(await fetchStrategies()).toContain('did not say')
    vi.unstubAllGlobals()
  })
})
