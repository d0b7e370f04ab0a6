// CIFAR-10 as its home page packs it for C programs: records of a label and the planes red, green and blue of 32 × 32
// pixels. https://www.cs.toronto.edu/~kriz/cifar.html

import path from 'node:path'
import type { Dataset, Rows } from '@muster/workloads'
import { DatasetError } from './dataset-error.ts'
import { byteLimit, limitText, listFolder, readBounded } from './files.ts'
import { unpacked } from './gzip.ts'
import type { Report } from './report.ts'

const side = 32
const plane = side * side
const sampleBytes = 3 * plane
const recordBytes = 1 + sampleBytes
const usualNames = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ')

export const isCifarFile = (file: string): boolean => /^(data_batch_\d+|test_batch)\.bin(\.gz)?$/.test(file)

/** As many training batches as are there. @throws DatasetError that names the file and the record. */
export async function readCifar10(folder: string, report: Report): Promise<Dataset<Rows>> {
  const { files } = await listFolder(folder)
  // Packed and plain side by side are one batch.
  const batches = files.filter(
    file => isCifarFile(file) && !(file.endsWith('.gz') && files.includes(file.slice(0, -3))),
  )
  const training = batches.filter(file => file.startsWith('data_batch'))
  const testing = batches.filter(file => file.startsWith('test_batch'))
  if (training.length === 0 || testing.length === 0)
    throw new DatasetError(`${folder}: data_batch_1.bin (to 5) and test_batch.bin belong here, plain or .gz.`)
  const classNames = files.includes('batches.meta.txt')
    ? await namesIn(path.join(folder, 'batches.meta.txt'))
    : usualNames
  report.say(`Training batches: ${training.join(', ')}.`)
  return {
    name: '',
    title: 'CIFAR-10 photographs',
    inputShape: [side, side, 3],
    classes: classNames.length,
    classNames,
    train: await readBatches(folder, training, classNames.length),
    test: await readBatches(folder, testing, classNames.length),
  }
}

async function namesIn(file: string): Promise<string[]> {
  const names = new TextDecoder()
    .decode(await readBounded(file))
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  if (names.length !== usualNames.length)
    throw new DatasetError(`${file}: it holds ${names.length} names, not one for each of ${usualNames.length} classes.`)
  return names
}

async function readBatches(folder: string, files: readonly string[], classes: number): Promise<Rows> {
  const batches: { file: string; bytes: Uint8Array }[] = []
  let total = 0
  for (const file of files) {
    const bytes = unpacked(await readBounded(path.join(folder, file)), file)
    total += bytes.length
    if (total > byteLimit) throw new DatasetError(`${folder}: its batches are more than ${limitText} together.`)
    if (bytes.length === 0 || bytes.length % recordBytes !== 0)
      throw new DatasetError(`${file}: ${bytes.length} bytes are no whole number of records of ${recordBytes} bytes.`)
    batches.push({ file, bytes })
  }
  const count = total / recordBytes
  const inputs = new Uint8Array(count * sampleBytes)
  const labels = new Uint16Array(count)
  let sample = 0
  for (const { file, bytes } of batches)
    for (let at = 0; at < bytes.length; at += recordBytes, sample++) {
      const label = bytes[at]!
      if (label >= classes)
        throw new DatasetError(`${file}, record ${at / recordBytes}: label ${label}; labels are 0 to ${classes - 1}.`)
      labels[sample] = label
      for (let pixel = 0; pixel < plane; pixel++)
        for (let channel = 0; channel < 3; channel++)
          inputs[sample * sampleBytes + 3 * pixel + channel] = bytes[at + 1 + channel * plane + pixel]!
    }
  return { kind: 'rows', count, inputSize: sampleBytes, inputs, labels }
}
