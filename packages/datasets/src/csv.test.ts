import { truncateSync } from 'node:fs'
import type { Rows } from '@muster/workloads'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from './csv.ts'
import { DatasetError } from './dataset-error.ts'
import type { ReadOptions } from './options.ts'
import { silent } from './report.ts'
import { temporaryFiles } from './temporary-files.ts'

const { put } = temporaryFiles()

async function read(text: string | Uint8Array, options: ReadOptions = {}, name = 'table.csv') {
  const notes: string[] = []
  const dataset = await readCsv(put(name, text), options, { ...silent, say: note => notes.push(note) })
  return { ...dataset, notes }
}

const flowers = [
  'length,colour,kind',
  ...Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? 'red' : 'blue'},${'ab'[i % 2]}`),
]
const rowOf = ({ inputs, inputSize, labels }: Rows, row: number) => [
  ...inputs.subarray(row * inputSize, (row + 1) * inputSize),
  labels[row]!,
]

describe('a table', () => {
  test('[DATA1] numbers are standardised over the training rows, a category is an input per value', async () => {
    const { train, test: held, columns, inputShape, classNames } = await read(flowers.join('\n'))
    expect({ inputShape, classNames }).toEqual({ inputShape: [3], classNames: ['a', 'b'] })
    expect([train.count, held.count]).toEqual([18, 2])
    const [length, colour] = columns as [{ mean: number; deviation: number }, unknown]
    expect(colour).toEqual({ name: 'colour', values: ['blue', 'red'] })
    const standardised = Array.from({ length: 18 }, (_, i) => train.inputs[3 * i]!)
    expect(standardised.reduce((sum, value) => sum + value, 0) / 18).toBeCloseTo(0, 6)
    expect(Math.sqrt(standardised.reduce((sum, value) => sum + value * value, 0) / 18)).toBeCloseTo(1, 6)
    const originals = [train, held].flatMap(part =>
      Array.from({ length: part.count }, (_, i) => {
        const [scaled, isBlue, isRed, label] = rowOf(part, i) as [number, number, number, number]
        expect([isBlue, isRed]).toEqual(label === 0 ? [1, 0] : [0, 1])
        return Math.round(scaled * length.deviation + length.mean)
      }),
    )
    expect(originals.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  test.each([
    ['commas', 'a,b,c\n1,2,x\n3,4,y\n'],
    ['semicolons, with commas in words', 'a;"b, c";c\n1;2;"x, 1"\n3;4;y'],
    ['tabs and Windows line ends', 'a\tb\tc\r\n1\t2\tx\r\n3\t4\ty\r\n'],
    ['quotes, a byte order mark and empty lines', '\ufeff"a","b","c"\n\n1,2,"x ""1"""\n3,4,"y"\n\n'],
  ])('[DATA1] parted by %s', async (_, text) => {
    const { inputShape, classes, train, test: held } = await read(text)
    expect({ inputShape, classes, count: train.count + held.count }).toEqual({ inputShape: [2], classes: 2, count: 2 })
  })

  test('[DATA1] the first line is a row where it holds a number, unless said otherwise', async () => {
    const text = '1,2,x\n3,4,y\n5,7,x\n'
    const plain = await read(text)
    expect(plain.train.count + plain.test.count).toBe(3)
    expect(plain.columns!.map(({ name }) => name)).toEqual(['column 1', 'column 2'])
    expect(plain.notes.join()).toContain('--header if it names the columns')
    const named = await read(text.replace('7', '9'), { header: true })
    expect(named.columns!.map(({ name }) => name)).toEqual(['1', '2'])
    expect((await read('a,b\nc,d\ne,f', { header: false })).classNames).toEqual(['b', 'd', 'f'])
  })

  test('[DATA1] the target is found by name or number; whole numbers are classes in the order of numbers', async () => {
    const text = `digit,x\n${[10, 9, 2, 10].map((digit, i) => `${digit},${i / 3}`).join('\n')}`
    for (const target of ['digit', '1']) expect((await read(text, { target })).classNames).toEqual(['2', '9', '10'])
    await expect(read(text, { target: 'letter' })).rejects.toThrow(
      'the target "letter" is none of its columns; allowed: "digit", "x", or a number from 1 to 2',
    )
  })

  test('[DATA1] a nameless column that counts the rows is no input; a named one is told', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => `${i},${i * i},${'ab'[i % 2]}`)
    const nameless = await read([',x,y', ...rows].join('\n'))
    expect(nameless.columns!.map(({ name }) => name)).toEqual(['x'])
    const named = await read(['id,x,y', ...rows].join('\n'))
    expect(named.inputShape).toEqual([2])
    expect(named.notes.join()).toContain('"id" only counts the rows')
  })

  test('[DATA1] a word of test rows only has inputs of 0, and that is told', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => `word${i},${i % 2}`)
    const { test: held, train, notes, inputShape } = await read(['w,y', ...rows].join('\n'))
    expect(inputShape).toEqual([9])
    expect([...held.inputs]).toEqual(Array(9).fill(0))
    expect(Array.from(train.inputs).reduce((sum, value) => sum + value, 0)).toBe(9)
    expect(notes.join()).toMatch(/Column "w", in test rows only: "word\d"/)
  })

  test('[DATA1] a column that never differs is fed as 0, and that is told', async () => {
    const { train, notes } = await read('a,b,y\n7,1,x\n7,2,y\n7,3,x\n')
    expect(Array.from({ length: train.count }, (_, i) => train.inputs[2 * i])).toEqual(Array(train.count).fill(0))
    expect(notes.join()).toContain('the same in all training rows: "a".')
  })

  test('[DATA1] any table of numbers comes back from what is fed and the columns', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    const tables = fc
      .integer({ min: 1, max: 4 })
      .chain(width =>
        fc.array(fc.array(number, { minLength: width, maxLength: width }), { minLength: 4, maxLength: 30 }),
      )
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom(',', ';', '\t'), async (rows, delimiter) => {
        const lines = rows.map((row, i) => [...row, `class${i % 2}`].join(delimiter))
        const { train, test: held, columns } = await read(lines.join('\n'), { header: false })
        const found = [train, held].flatMap(({ count, inputs, inputSize }) =>
          Array.from({ length: count }, (_, i) =>
            columns!.map((column, c) => {
              const { mean, deviation } = column as { mean: number; deviation: number }
              return inputs[i * inputSize + c]! * deviation + mean
            }),
          ),
        )
        const sums = (table: readonly (readonly number[])[], c: number) =>
          table.map(row => row[c]!).sort((a, b) => a - b)
        for (const [c, column] of columns!.entries()) {
          const { deviation, mean } = column as { mean: number; deviation: number }
          const expected = sums(rows, c)
          const tolerance = 1e-5 * (deviation + Math.abs(mean) + Math.max(...expected.map(Math.abs))) + 1e-9
          for (const [i, value] of sums(found, c).entries())
            expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(tolerance)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a broken table', () => {
  test('[DATA2] is refused with every cell that is wrong, by line and column', async () => {
    const lines = [...flowers]
    lines[3] = 'abc,red,a'
    lines[5] = '4,,a'
    lines[7] = '6,red'
    lines[9] = 'NA,red,a'
    await expect(read(lines.join('\n'), {}, 'flowers.csv')).rejects.toThrow(
      [
        'flowers.csv, line 4, column "length": "abc" is no number (the column\'s other values are)',
        'flowers.csv, line 6, column "colour": the cell is empty',
        'flowers.csv, line 8: 2 cells, where the header has 3',
        'flowers.csv, line 10, column "length": "NA" is no value',
      ].join('\n'),
    )
  })

  test('[DATA2] names the first ten problems and counts the others', async () => {
    const lines = ['x,y', ...Array.from({ length: 30 }, (_, i) => `${i < 14 ? '' : i},${i % 2}`)]
    const error = await read(lines.join('\n')).catch((thrown: Error) => thrown)
    expect((error as Error).message.split('\n')).toHaveLength(11)
    expect((error as Error).message).toMatch(/line 11, column "x": the cell is empty\nand 4 more problems/)
  })

  const words = Array.from({ length: 100 }, (_, i) => `word${i}`)
  test.each([
    ['fractions as target', 'x,price\n1,2.5\n2,3.5\n', {}, /"price" holds 2.5: this trains classifiers/],
    [
      'too many classes',
      ['x,y', ...Array.from({ length: 1001 }, (_, i) => `${i / 2},${i}`)].join('\n'),
      {},
      /more than 1000 different values/,
    ],
    ['one class', 'x,y\n1,a\n2,a\n', {}, /only "a": there is nothing to tell apart/],
    [
      'too many words',
      ['w,y', ...words.map((word, i) => `${word},${i % 2}`)].join('\n'),
      {},
      /column "w": it holds 90 different words.*at most 64/,
    ],
    ['decimal commas', ['w;y', ...words.map((_, i) => `${i},5;${i % 2}`)].join('\n'), {}, /write them with a point/],
    ['an open quote', 'x,y\n1,"a\n2,b\n', {}, /line \d: a quote is opened and never closed/],
    ['a quote within a word', 'x,y\n1,a"b\n', {}, /line 2: a quote stands within a cell/],
    ['one column', 'x\n1\n2\n', {}, /no comma, semicolon or tab/],
    ['nothing', '', {}, /it holds no lines/],
    ['an open quote at once', '"x,y\n1,a\n', {}, /line \d: a quote is opened/],
    ['a header alone', 'x,y\n', {}, /it holds no rows/],
    ['two columns of one name', 'x,x,y\n1,2,a\n', {}, /columns 1 and 2 are both called "x"/],
    ['one row', 'x,y\n1,a\n', {}, /only "a"/],
    ['hexadecimal numbers', 'x,y\n0x10,a\n1,b\n2,c\n', {}, /line 2, column "x": "0x10" is no number/],
    ['numbers without end', 'x,y\n1e999,a\n1,b\n', {}, /"1e999" is no number/],
  ] as const)('[DATA2] %s: refused with a sentence', async (_, text, options, message) => {
    await expect(read(text, options)).rejects.toThrow(DatasetError)
    await expect(read(text, options)).rejects.toThrow(message)
  })

  test('[DATA2] all columns that cannot be inputs are named', async () => {
    const text = ['v,x,w,y', ...words.map((word, i) => `${word},${i / 3},${word},${i % 2}`)].join('\n')
    await expect(read(text)).rejects.toThrow(/column "v": it holds 90 different words.*\n.*column "w": it holds 90/)
  })

  test('[DATA2] bytes that are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('x,y\n1,caf'), Buffer.from([0xe9]), Buffer.from('\n2,tea\n')])
    await expect(read(bytes)).rejects.toThrow(/line 2: .* is not UTF-8/)
  })

  test('[DATA9] a line without end, columns without end and a file without end are refused', async () => {
    await expect(read(`x,y\n1,"${'z'.repeat(17_000_000)}`)).rejects.toThrow(/does not end within 16 million/)
    await expect(read(`${'x,'.repeat(10_001)}y\n`)).rejects.toThrow(/10002 columns; allowed: at most 10000/)
    await expect(read(`x,y\n1,a\n${','.repeat(2_000_000)}\n`)).rejects.toThrow(
      'line 3: 2000001 cells, where the header has 2',
    )
    const file = put('large.csv', 'x,y\n1,a\n')
    truncateSync(file, 2e9 + 1)
    await expect(readCsv(file, {}, silent)).rejects.toThrow('larger than 2 GB')
  })
})
