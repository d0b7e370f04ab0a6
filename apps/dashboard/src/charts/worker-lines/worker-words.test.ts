import type { PanelFigure } from '@muster/protocol'
import { describe, expect, it } from 'vitest'
import { summariseLines } from './worker-words.ts'

const figure: PanelFigure = { key: 'pull', title: 'Pull', meaning: '', unit: 'share' }
const line = (worker: string, isGone: boolean, ...values: number[]) => ({
  track: { worker, told: values.map((pull, index) => ({ round: 1_000 + index, figures: { pull } })) },
  colour: null,
  isGone,
  silences: [],
})

describe('a plot of workers in a sentence', () => {
  it('says of each where it stands and between what it was', () => {
    const words = summariseLines(figure, [line('0123456789ab', false, 1, 0.1, 0.2), line('b', true, 0.3)])
    expect(words.replaceAll('\u00a0', ' ')).toBe(
      'Pull of each worker. 01234567: last 20.0 % in round 1,002, between 10.0 % and 100.0 %. b, which has left: last 30.0 % in round 1,000, between 30.0 % and 30.0 %.',
    )
  })

  it('names no more than anybody listens to', () => {
    const lines = Array.from({ length: 11 }, (_, index) => line(`w${index}`, false, 0.1))
    expect(summariseLines(figure, lines)).toMatch(/w7: .* And 3 more\.$/)
    expect(summariseLines(figure, [])).toBe('Pull: no rounds yet.')
  })
})
