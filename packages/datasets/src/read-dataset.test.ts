import { truncateSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import type { Kind } from './detect.ts'
import { unpacked } from './gzip.ts'
import { writeNpy } from './npy.ts'
import type { ReadOptions } from './options.ts'
import { readDataset } from './read-dataset.ts'
import { silent } from './report.ts'
import { splitByChance } from './split.ts'
import { temporaryFiles } from './temporary-files.ts'

const { folder, put } = temporaryFiles()
const at = (name: string) => path.join(folder, name)

const table = ['x,y', ...Array.from({ length: 50 }, (_, i) => `${i * i},${i % 2}`)].join('\n')
put('table.csv', table)
put('tables/only.csv', table)
put('arrays/x.npy', writeNpy(new Float32Array(4), [4]))
put('arrays/y.npy', writeNpy(Uint8Array.of(0, 1, 0, 1), [4]))
for (const name of ['a', 'b'])
  for (const i of [1, 2]) put(`images/${name}/${i}.png`, PNG.sync.write(new PNG({ width: 2, height: 2 })))
put('text/a.txt', 'a text of some length')
for (const name of ['data_batch_1', 'test_batch']) put(`cifar/${name}.bin`, new Uint8Array(3073))
put('unknown/a.pdf', '')

describe('what lies there', () => {
  test.each([
    ['table.csv', 'csv', 'its name ends with .csv'],
    ['tables', 'csv', 'the folder holds only.csv'],
    ['arrays', 'npy', 'the folder holds x.npy'],
    ['images', 'images', 'the folder holds folders'],
    ['text', 'text', 'the folder holds a.txt'],
    ['cifar', 'cifar10', 'the folder holds data_batch_1.bin'],
  ] as const)('[DATA10] %s is read as %s, and why is said', async (name, kind, reason) => {
    const notes: string[] = []
    const read = await readDataset({ name: 'mine', from: at(name) }, { ...silent, say: note => notes.push(note) })
    expect(read.kind).toBe(kind)
    expect(read.dataset.name).toBe('mine')
    expect(notes[0]).toBe(`Read as ${kind}: ${reason}.`)
  })

  test('[DATA10] what was asked for is believed', async () => {
    put('table.txt', table)
    expect((await readDataset({ name: 'a', from: at('table.txt') })).kind).toBe('text')
    expect((await readDataset({ name: 'a', from: at('table.txt'), kind: 'csv' })).dataset.classes).toBe(2)
  })

  test.each([
    ['unknown', undefined, 'nothing in it is known here. A data set is a .csv file'],
    ['unknown/a.pdf', undefined, 'its name does not tell what it holds. Say --kind'],
    ['nowhere', undefined, 'nowhere cannot be read: there is nothing there'],
    ['table.csv', 'images', 'table.csv is a file; --kind images reads a folder'],
    ['images', 'csv', 'does not hold exactly one .csv file'],
    ['text', 'mnist', 'holds neither train-images-idx3-ubyte nor'],
    ['images', 'text', 'it holds no .txt file'],
  ] as [string, Kind | undefined, string][])('[DATA10] %s as %s: refused', async (name, kind, message) => {
    await expect(readDataset({ name: 'a', from: at(name), kind })).rejects.toThrow(DatasetError)
    await expect(readDataset({ name: 'a', from: at(name), kind })).rejects.toThrow(message)
  })
})

describe('which samples test', () => {
  const read = async (options: ReadOptions) =>
    (await readDataset({ name: 'a', from: at('table.csv'), options })).dataset

  test('[DATA8] follows from the seed', async () => {
    expect(await read({ seed: 4 })).toEqual(await read({ seed: 4 }))
    expect((await read({ seed: 5 })).test).not.toEqual((await read({ seed: 4 })).test)
  })

  test.each([
    [50, 0.1, 5],
    [50, 0.5, 25],
    [2, 0.001, 1],
    [3, 0.999, 2],
  ])(
    '[DATA8] of %i samples with a share of %f: %i, never none, never all, none twice',
    (count, testShare, expected) => {
      const { train, test: held } = splitByChance(count, { testShare })
      expect(held).toHaveLength(expected)
      expect([...train, ...held].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
    },
  )
})

describe('too much', () => {
  test.each(['large.npz', 'large.txt', 'large.tsv'])('[DATA9] %s of over 2 GB is refused unread', async name => {
    truncateSync(put(name, 'x'), 2e9 + 1)
    await expect(readDataset({ name: 'a', from: at(name) })).rejects.toThrow('larger than 2 GB')
  })

  test('[DATA9] gzip is unpacked up to a limit', () => {
    const packed = gzipSync(Buffer.alloc(1e6))
    expect(unpacked(packed, 'a.gz', 1e6)).toHaveLength(1e6)
    expect(() => unpacked(packed, 'a.gz', 999_999)).toThrow('a.gz: it unpacks to more than 999,999 bytes')
  })
})
