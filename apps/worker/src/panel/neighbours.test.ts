import { expect, test } from 'vitest'
import { neighbourWords } from './neighbours.tsx'

test('how many, and how each is reached', () => {
  expect(neighbourWords({ direct: 2, relayed: 1, unreached: 0 })).toBe(
    'This tab learns together with 3 others: 2 directly, 1 through the coordinator.',
  )
  expect(neighbourWords({ direct: 3, relayed: 0, unreached: 0 })).toBe(
    'This tab learns together with 3 others, directly.',
  )
  expect(neighbourWords({ direct: 0, relayed: 0, unreached: 1 })).toBe(
    'This tab learns together with 1 other: 1 not reached now.',
  )
  expect(neighbourWords({ direct: 0, relayed: 0, unreached: 0 })).toBe('There is no other tab to learn with yet.')
})
