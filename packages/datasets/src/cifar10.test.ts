import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readCifar10 } from './cifar10.ts'
import { silent } from './report.ts'
import { sharedData } from './shared-data.ts'
import { temporaryFiles } from './temporary-files.ts'

const { folder, put } = temporaryFiles()
const read = (name: string) => readCifar10(path.join(folder, name), silent)

/** Red counts the pixels, green is the label, blue is 7. */
function records(...labels: number[]): Uint8Array {
  return Buffer.concat(
    labels.map(label =>
      Buffer.concat([
        Buffer.from([label]),
        Buffer.from(Array.from({ length: 1024 }, (_, i) => i & 255)),
        Buffer.alloc(1024, label),
        Buffer.alloc(1024, 7),
      ]),
    ),
  )
}

describe("CIFAR-10's batches", () => {
  test('[DATA7] planes become pixels, as many batches as are there', async () => {
    put('some/data_batch_1.bin', records(3, 9))
    put('some/data_batch_2.bin.gz', gzipSync(records(0)))
    put('some/test_batch.bin', records(5))
    const { train, test: held, inputShape, classNames } = await read('some')
    expect({ inputShape, first: classNames[0], last: classNames[9] }).toEqual({
      ...{ inputShape: [32, 32, 3], first: 'airplane', last: 'truck' },
    })
    expect([...train.labels]).toEqual([3, 9, 0])
    expect([...train.inputs.subarray(3072, 3072 + 6)]).toEqual([0, 9, 7, 1, 9, 7])
    expect([...held.labels]).toEqual([5])
    put('some/batches.meta.txt', `${[...'abcdefghij'].join('\n')}\n\n`)
    expect((await read('some')).classNames).toEqual([...'abcdefghij'])
  })

  test.each([
    ['no test batch', {}, 'data_batch_1.bin (to 5) and test_batch.bin belong here'],
    [
      'a batch that ends early',
      { 'test_batch.bin': records(1).subarray(1) },
      'test_batch.bin: 3072 bytes are no whole number',
    ],
    ['a label that is none', { 'test_batch.bin': records(1, 12) }, 'test_batch.bin, record 1: label 12'],
    ['damaged gzip', { 'test_batch.bin.gz': gzipSync(records(1)).subarray(0, 20) }, 'cannot be unpacked'],
  ] as [string, Record<string, Uint8Array>, string][])('[DATA7] %s: refused', async (title, files, message) => {
    put(`${title}/data_batch_1.bin`, records(1))
    for (const [name, bytes] of Object.entries(files)) put(`${title}/${name}`, bytes)
    await expect(read(title)).rejects.toThrow(message)
  })
})

const { folder: realFolder, isPresent, skipped } = sharedData('cifar10')
test.skipIf(!isPresent)(`[DATA7] the real files${skipped}`, async () => {
  const { train, test: held } = await readCifar10(realFolder, silent)
  const counts = Array.from({ length: 10 }, (_, label) => held.labels.filter(found => found === label).length)
  expect(new Set(counts).size).toBe(1)
  expect(train.count % 1000).toBe(0)
  // A photograph's neighbours resemble each other, in each channel: planes were not mixed up.
  const differences = (step: number) => {
    let sum = 0
    for (let i = 0; i + step < 3072 * 50; i++) sum += Math.abs(train.inputs[i]! - train.inputs[i + step]!)
    return sum
  }
  expect(differences(3)).toBeLessThan(differences(1))
})
