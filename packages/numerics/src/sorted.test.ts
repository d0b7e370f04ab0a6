import { expect, test } from 'vitest'
import { sortedIndex } from './sorted.ts'

test('finds every item of a list in order, and nothing else', () => {
  for (const length of [0, 1, 2, 3, 8, 31]) {
    const items = Array.from({ length }, (_, i) => ({ id: 3 * i + 1 }))
    for (let key = -1; key <= 3 * length + 2; key++)
      expect(sortedIndex(items, key, ({ id }) => id)).toBe(items.findIndex(({ id }) => id === key))
  }
})
