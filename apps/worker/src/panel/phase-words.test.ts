import { statusAtOpening } from '@muster/volunteer/status'
import { describe, expect, it } from 'vitest'
import { accuracyAt, lossAt } from '../../stories/run-story.ts'
import type { Status } from '../volunteer-link.ts'
import { buttonWords, isWorking, phaseWords } from './phase-words.ts'

const opening = statusAtOpening(1)
const connected: Status = { ...opening, connection: 'connected' }
const progress: NonNullable<Status['progress']> = {
  phase: 'running',
  round: 40,
  roundsEnd: null,
  workers: 4,
  loss: lossAt(40),
  testAccuracy: accuracyAt(40),
  curve: [],
}

describe('the words for each phase', () => {
  it('have a headline and a sentence in every phase, with and without a connection', () => {
    for (const phase of ['looking', 'starting', 'waiting', 'computing', 'paused', 'ended', 'failed'] as const) {
      for (const connection of ['connecting', 'connected', 'offline'] as const) {
        const words = phaseWords({ ...opening, phase, connection })
        expect(words.headline).not.toBe('')
        expect(words.sentence).toMatch(/\.$/)
      }
    }
  })

  it('do not claim to compute while the coordinator is out of reach', () => {
    expect(phaseWords({ ...opening, phase: 'computing', connection: 'offline' }).headline).toBe('Offline')
  })

  it('say that the run is over even when the coordinator has gone since', () => {
    expect(phaseWords({ ...opening, phase: 'ended', connection: 'offline' }).headline).toBe('The run has ended')
  })

  it('thank for work only where there was some', () => {
    const contributed = { results: 3, samples: 96, partitions: 3, computeMs: 120 }
    expect(phaseWords({ ...connected, phase: 'ended', contributed }).sentence).toContain('carries your work')
    expect(phaseWords({ ...connected, phase: 'ended' }).sentence).not.toContain('your work')
  })

  it('say that the wish to begin was heard before the coordinator was', () => {
    expect(phaseWords({ ...opening, phase: 'starting' }).sentence).toContain('as soon as')
  })

  it('tell a paused run from a mere wait', () => {
    const paused: Status = { ...connected, phase: 'waiting', progress: { ...progress, phase: 'paused' } }
    expect(phaseWords(paused).headline).toBe('Run paused')
    expect(phaseWords({ ...paused, progress }).headline).toBe('Waiting')
  })

  it('pass on what to do when something failed', () => {
    expect(phaseWords({ ...connected, phase: 'failed', message: 'Open it over https.' }).sentence).toBe(
      'Open it over https.',
    )
  })
})

describe('the one button', () => {
  it('begins, pauses and goes on', () => {
    expect(buttonWords(connected)).toBe('Begin')
    expect(buttonWords({ ...connected, phase: 'starting' })).toBe('Pause')
    expect(buttonWords({ ...connected, phase: 'paused' })).toBe('Go on')
    expect(isWorking({ ...connected, phase: 'waiting' })).toBe(true)
    expect(isWorking({ ...connected, phase: 'paused' })).toBe(false)
  })
})
