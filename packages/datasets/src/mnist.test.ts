import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mnistFiles } from './mnist.ts'
import { loadMnist } from './node-mnist.ts'
import { sharedData } from './shared-data.ts'

function idx(shape: readonly number[], fill: (i: number) => number): Uint8Array {
  const header = [0, 0, 8, shape.length, ...shape.flatMap(extent => [0, 0, extent >> 8, extent & 255])]
  const values = Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, (_, i) => fill(i))
  return Uint8Array.from([...header, ...values])
}

describe('a folder of four files', () => {
  let folder = ''
  const put = (name: string, bytes: Uint8Array) => writeFile(path.join(folder, name), bytes)

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mnist-'))
    const images = (count: number) => idx([count, 2, 3], i => i)
    const labels = (count: number) => idx([count], i => i % 10)
    await put(mnistFiles.trainImages, images(12))
    await put(`${mnistFiles.trainLabels}.gz`, gzipSync(labels(12)))
    await put(`${mnistFiles.testImages}.gz`, gzipSync(images(4)))
    await put(mnistFiles.testLabels, labels(4))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('[DATA7] is read, plain or gzipped', async () => {
    const mnist = await loadMnist(folder)
    expect(mnist).toMatchObject({ name: 'mnist', inputShape: [2, 3], classes: 10 })
    expect(mnist.train).toMatchObject({ count: 12, inputSize: 6 })
    expect([...mnist.test.inputs.subarray(6, 9)]).toEqual([6, 7, 8])
    expect([...mnist.test.labels]).toEqual([0, 1, 2, 3])
  })

  test('is refused when a file is missing', async () => {
    await rm(path.join(folder, mnistFiles.testLabels))
    await expect(loadMnist(folder)).rejects.toThrow(/holds neither t10k-labels-idx1-ubyte nor .*\.gz/)
  })

  test.each([
    ['fewer labels than images', idx([3], () => 1), '3 labels for the 4 images'],
    ['a label out of range', idx([4], i => (i === 2 ? 11 : 1)), 'label 2 is 11'],
    ['images for labels', idx([4, 1, 1], () => 1), 'labels have 1 dimension'],
    ['damaged gzip', gzipSync(idx([4], () => 1)).subarray(0, 12), 'cannot be unpacked'],
  ])('is refused with %s', async (_, bytes, message) => {
    await put(mnistFiles.testLabels, bytes)
    await expect(loadMnist(folder)).rejects.toThrow('t10k-labels-idx1-ubyte')
    await expect(loadMnist(folder)).rejects.toThrow(message)
  })

  test('is refused when test images have another size', async () => {
    await rm(path.join(folder, `${mnistFiles.testImages}.gz`))
    await put(
      mnistFiles.testImages,
      idx([4, 3, 3], i => i),
    )
    await expect(loadMnist(folder)).rejects.toThrow('its images are 3 × 3')
  })
})

const { folder: realFolder, isPresent, skipped } = sharedData('mnist')
test.skipIf(!isPresent)(`[DATA7] the real files${skipped}`, async () => {
  const mnist = await loadMnist(realFolder)
  expect(mnist.train.count).toBe(60_000)
  expect(mnist.test.count).toBe(10_000)
  expect(mnist.inputShape).toEqual([28, 28])
  // Known from the data set's own page of figures: class counts of the test set.
  const counts = Array.from({ length: 10 }, (_, digit) => mnist.test.labels.filter(label => label === digit).length)
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
})
