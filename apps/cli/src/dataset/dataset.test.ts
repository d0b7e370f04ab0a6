import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OperatorError } from '@muster/coordinator'
import { type Kind, readDataset } from '@muster/datasets'
import { createSqliteStorage } from '@muster/storage'
import type { Dataset } from '@muster/workloads'
import { Command } from 'commander'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { addDataCommands } from '../commands/data.ts'
import { datasetJson, describeDataset } from './describe-dataset.ts'
import { checkName, readKind, readOptions } from './flags.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'muster-data-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

const flowers = [
  'length,colour,kind',
  ...Array.from({ length: 30 }, (_, i) => `${i % 7},${i % 2 ? 'red' : 'blue'},${'abc'[i % 3]}`),
]

async function understood(file: string) {
  const notes: string[] = []
  const read = await readDataset({ name: 'mine', from: file }, { say: note => notes.push(note), reached() {} })
  return { ...read, notes }
}

describe('what was understood', () => {
  test('[DATA11] of a table: size, classes with counts, columns, and rows as they were written', async () => {
    const text = describeDataset(await understood(put('flowers.csv', flowers.join('\n'))))
    expect(text).toContain('mine: flowers.csv\n  Read as csv: its name ends with .csv.')
    expect(text).toContain('3 floats a sample; 3 classes; samples: 27 for training, 3 for testing.')
    expect(text).toMatch(/^class {2}training {2}test$/m)
    expect(text).toMatch(/^a +\d+ +\d$/m)
    expect(text).toMatch(/^length +[\d.]+ +[\d.]+$/m)
    expect(text).toMatch(/^colour +blue, red$/m)
    const rows = text.split('The first training samples:\n')[1]!.split('\n')
    expect(rows).toHaveLength(6)
    for (const row of rows.slice(1)) expect(row).toMatch(/^ +[0-6] {2}(blue|red) +[abc]$/)
  })

  test('[DATA11] of a text: its characters and its beginning, with nothing that steers a terminal', async () => {
    const text = describeDataset(await understood(put('a.txt', 'to be\tor\u001b[31m not to be\nthat is the question')))
    expect(text).toContain('How the training text begins:\n  to be·or·[31m not to be\n  that is')
    expect(text).not.toContain('\u001b')
  })

  const images = (inputShape: readonly number[], size: number): Dataset => {
    const part = {
      ...{ kind: 'rows' as const, count: 4, inputSize: size, labels: Uint16Array.of(0, 1, 0, 1) },
      inputs: Uint8Array.from({ length: 4 * size }, (_, i) => (i % size < size / 2 ? 0 : 255)),
    }
    return {
      name: 'mine',
      title: 'Images',
      inputShape,
      classes: 2,
      classNames: ['cat', 'dog'],
      train: part,
      test: part,
    }
  }

  test.each([
    [[4, 8], 32],
    [[4, 8, 3], 96],
  ])('[DATA11] of images of %j: three of them, drawn', (shape, size) => {
    const text = describeDataset({ kind: 'images', dataset: images(shape, size), notes: [] })
    expect(text.split('samples:\n')[1]).toBe(
      ['  cat       dog       cat', '', '  ████████  ████████  ████████'].join('\n'),
    )
  })

  test('[DATA11] as JSON: one object with all of it', async () => {
    const json = datasetJson(await understood(put('flowers.csv', flowers.join('\n'))))
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    expect(json).toMatchObject({
      name: 'mine',
      kind: 'csv',
      inputShape: [3],
      numbers: 'float32',
      training: 27,
      test: 3,
    })
    expect(json.columns).toMatchObject([{ name: 'length' }, { name: 'colour', values: ['blue', 'red'] }])
    const counts = json.classes as { train: number; test: number }[]
    expect(counts.reduce((sum, { train, test: held }) => sum + train + held, 0)).toBe(30)
  })
})

describe('the flags', () => {
  test.each([
    ['a size', { size: 'large' }, '--size is "large"; allowed: a side or WIDTHxHEIGHT'],
    ['a size', { size: '0x5' }, '--size is "0x5"'],
    ['a share', { testShare: '1' }, '--test-share is "1"; allowed: a number above 0 and below 1'],
    ['a seed', { seed: '-1' }, '--seed is "-1"; allowed: a whole number'],
  ])('[DATA11] %s that is none is refused', (_, flags, message) => {
    expect(() => readOptions(flags)).toThrow(OperatorError)
    expect(() => readOptions(flags)).toThrow(message)
  })

  test('[DATA11] are read', () => {
    expect(readOptions({ size: '32', testShare: '0.2', seed: '7', header: false, target: 'kind' })).toEqual({
      ...{ size: { width: 32, height: 32 }, testShare: 0.2, seed: 7, header: false, target: 'kind' },
    })
    expect(readOptions({ size: '32x24' }).size).toEqual({ width: 32, height: 24 })
    expect(readKind('npy')).toBe('npy' satisfies Kind)
    expect(() => readKind('xlsx')).toThrow('--kind is "xlsx"; allowed: csv, npy, images, text, cifar10, mnist.')
    for (const name of ['digits', 'my data', '../x', '']) expect(() => checkName(name)).toThrow(OperatorError)
  })
})

describe('muster data add', () => {
  const data = path.join(folder, 'data')
  const muster = async (...args: string[]) => {
    const lines: string[] = []
    const log = vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line))
    try {
      const program = new Command('muster').exitOverride()
      addDataCommands(program)
      await program.parseAsync(['data', 'add', ...args, '--data', data], { from: 'user' })
    } finally {
      log.mockRestore()
    }
    return lines.join('\n')
  }

  test('[DATA11] refuses with what was understood so far, and stores nothing', async () => {
    const file = put('broken.csv', [...flowers, 'x,red,a'].join('\n'))
    const error = (await muster('flowers', '--from', file).catch(thrown => thrown)) as Error
    expect(error).toBeInstanceOf(OperatorError)
    expect(error.message).toMatch(
      /^Read as csv: .*\nCells .*\nbroken.csv, line 32, column "length": "x" is no number .*\nNothing was stored\.$/,
    )
    await expect(muster('flowers')).rejects.toThrow('has to come from somewhere: --from PATH')
    expect(existsSync(data)).toBe(false)
  })

  test('[DATA11] stores what it describes', async () => {
    const file = put('flowers.csv', flowers.join('\n'))
    const said = await muster('flowers', '--from', file, '--no-header', '--kind', 'csv').catch(thrown => thrown.message)
    expect(said).toContain('line 1, column "column 1": "length" is no number')
    expect(await muster('flowers', '--from', file)).toMatch(/Stored\. A run names it with "dataset": "flowers"\.$/)
    expect(JSON.parse(await muster('other', '--from', file, '--json', '--target', '2'))).toMatchObject({
      ...{ name: 'other', classes: [{ name: 'blue' }, { name: 'red' }] },
    })
    const storage = createSqliteStorage(data)
    try {
      expect(
        storage.datasets
          .list()
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['flowers', 'other'])
    } finally {
      storage.close()
    }
    expect(readFileSync(file, 'utf8')).toBe(flowers.join('\n'))
  })
})
