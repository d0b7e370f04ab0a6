import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { silent } from './report.ts'
import { sharedData } from './shared-data.ts'
import { temporaryFiles } from './temporary-files.ts'
import { readText } from './text.ts'

const { folder, put } = temporaryFiles()
const read = (content: string | Uint8Array) => readText(put('a.txt', content), {}, silent)
const textOf = ({ classNames, train, test: held }: Awaited<ReturnType<typeof read>>) =>
  [...train.tokens, ...held.tokens].map(token => classNames[token]).join('')

describe('a text', () => {
  test('[DATA6] is its characters, sorted; the first nine tenths train', async () => {
    const dataset = await read('to be or not to be: 🙂é')
    expect(dataset).toMatchObject({ inputShape: [], classNames: [' ', ':', 'b', 'e', 'n', 'o', 'r', 't', 'é', '🙂'] })
    expect(textOf(dataset)).toBe('to be or not to be: 🙂é')
    expect(dataset.test.tokens).toHaveLength(2)
  })

  test('[DATA6] comes back from its tokens, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 10, maxLength: 300 }), async text => {
        fc.pre(new Set(text).size > 1 && [...text].length > 4 && !text.startsWith('\ufeff'))
        expect(textOf(await read(text))).toBe(text)
      }),
      { numRuns: 100 },
    )
  })

  test('[DATA6] several files of a folder are one text, in the order of their names', async () => {
    put('books/b.txt', 'second, and so on')
    put('books/a.txt', '\ufefffirst, ')
    put('books/notes.md', 'not read')
    expect(textOf(await readText(path.join(folder, 'books'), {}, silent))).toBe('first, second, and so on')
  })

  test.each([
    ['a lone byte', [0x61, 0xff, 0x62], 1],
    ['a character that ends early', [0x61, 0x62, 0xe2, 0x82], 2],
    ['far in', [...new Array(2 ** 20 - 1).fill(0x61), 0xc3, 0xa9, 0x61, 0x80], 2 ** 20 + 2],
    ['a stray continuation at the block', [...new Array(2 ** 20).fill(0x61), 0x80, 0x61], 2 ** 20],
  ])('[DATA6] bytes that are no UTF-8 are refused by place: %s', async (_, bytes, place) => {
    await expect(read(Uint8Array.from(bytes))).rejects.toThrow(`a.txt: at byte ${place} it is not UTF-8`)
  })

  test('[DATA6] with too many characters, or too few, is refused', async () => {
    const many = Array.from({ length: 1100 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')
    await expect(read(many)).rejects.toThrow('it holds 1100 different characters')
    for (const few of ['', 'a', 'aaaaaaaaaaaa']) await expect(read(few)).rejects.toThrow('too few to learn from')
  })
})

const { folder: realFolder, isPresent, skipped } = sharedData('tinyshakespeare')
test.skipIf(!isPresent)(`[DATA6] a real text${skipped}`, async () => {
  const { classes, train, test: held } = await readText(realFolder, {}, silent)
  expect(classes).toBe(65)
  expect([train.tokens.length, held.tokens.length]).toEqual([1_003_855, 111_539])
})
