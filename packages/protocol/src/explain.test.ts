import { expect, test } from 'vitest'
import { explainRunFile } from './explain.ts'
import { readRunFile } from './run-file.ts'

test('[RUN2] every field is explained, and within it those of the form that was chosen', () => {
  const reading = readRunFile({
    title: 'T',
    model: { kind: 'softmax-regression' },
    optimiser: { kind: 'adamw', learningRate: 0.1, schedule: { kind: 'cosine', rounds: 9 } },
  })
  const explained = explainRunFile((reading as Extract<typeof reading, { ok: true }>).run)
  expect(explained.map(({ field }) => field)).toContain('startFrom')
  for (const { field, meaning } of explained) expect(meaning, field).not.toBe('')
  const optimiser = explained.find(({ field }) => field === 'optimiser')!
  expect(optimiser.fields.map(({ field }) => field)).toEqual([
    'learningRate',
    'clipNorm',
    'l2',
    'schedule',
    'weightDecay',
  ])
  const schedule = optimiser.fields.find(({ field }) => field === 'schedule')!
  expect(schedule.fields.map(({ field, value }) => [field, value])).toEqual([
    ['rounds', 9],
    ['floor', 0],
    ['warmUp', undefined],
  ])
})
