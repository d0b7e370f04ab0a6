import { expect, test } from 'vitest'
import { createProgress } from './progress.ts'

function listen(isTTY: boolean) {
  const written: string[] = []
  let at = 0
  const progress = createProgress({ isTTY, write: text => written.push(text) }, () => at)
  return { written, progress, pass: (ms: number) => (at += ms) }
}

test('off a terminal: a line every tenth, with what is left', () => {
  const { written, progress, pass } = listen(false)
  for (let i = 1; i <= 40; i++) {
    pass(1000)
    progress.reached(i / 40, `${i} of 40`)
  }
  progress.end()
  expect(written).toHaveLength(10)
  expect(written[0]).toBe('10 %  4 of 40, about 36 s left\n')
  expect(written.at(-1)).toBe('100 %  40 of 40\n')
})

test('on a terminal: a bar that is drawn at most ten times a second and wiped out at the end', () => {
  const { written, progress, pass } = listen(true)
  for (let i = 1; i <= 100; i++) {
    pass(10)
    progress.reached(i / 200, `${i} of 200`)
  }
  expect(written).toHaveLength(10)
  expect(written.every(text => text.startsWith('\r\x1b[K') && !text.includes('\n'))).toBe(true)
  progress.end()
  expect(written.at(-1)).toBe('\r\x1b[K')
})
