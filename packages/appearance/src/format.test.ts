import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatError,
  formatLoss,
  formatMoment,
  formatMs,
  formatPercent,
  formatRate,
  none,
  shortenIds,
  shortId,
} from './format.ts'

const plain = (text: string): string => text.replaceAll(' ', ' ')

describe('figures', () => {
  it('are written with their unit and no more digits than matter', () => {
    expect(plain(formatPercent(0.9344))).toBe('93.4 %')
    expect(formatPercent(null)).toBe(none)
    expect(formatLoss(0.13149)).toBe('0.131')
    expect(formatLoss(0.00042)).toBe('4.2e-4')
    expect(formatLoss(Number.NaN)).toBe(none)
    expect(plain(formatMs(8.44))).toBe('8.4 ms')
    expect(plain(formatMs(1250))).toBe('1.25 s')
    expect(plain(formatMs(61_000))).toBe('1 min 1 s')
    expect(plain(formatMs(7_260_000))).toBe('2 h 1 min')
    expect(formatError(0)).toBe('0')
    expect(formatError(3.14e-16)).toBe('3.1e-16')
    expect(formatRate(0.30000000000000004)).toBe('0.3')
    expect(plain(formatBytes(999))).toBe('999 B')
    expect(plain(formatBytes(407_112))).toBe('407 kB')
    expect(plain(formatBytes(2_400_000))).toBe('2.4 MB')
    expect(shortId('5f3ac1de90b7')).toBe('5f3ac1de')
    expect(shortenIds('c943cc684c754d302243a15434152e01 on wasm')).toBe('c943cc68 on wasm')
    expect(shortenIds('stopped by the operator')).toBe('stopped by the operator')
  })

  it('of time are a clock, or the time since the run began', () => {
    expect(formatMoment(3_723_000)).toBe('01:02:03')
    expect(formatMoment(1_800_000_000_000)).toMatch(/^\d\d:\d\d:\d\d$/)
  })
})
