// Images in a folder per class, or in train/ and test/ with a folder per class in each.

import path from 'node:path'
import type { Dataset, Rows } from '@muster/workloads'
import { classLimit } from './class-labels.ts'
import { DatasetError, problemsError, reasonOf } from './dataset-error.ts'
import { byteLimit, limitText, listFolder, readBounded } from './files.ts'
import { decodeImage, type Image, isGrey } from './image-file.ts'
import type { ReadOptions, Size } from './options.ts'
import type { Report } from './report.ts'
import { resize } from './resize.ts'
import { pickLabels, pickRows, splitAsGiven, splitByChance } from './split.ts'

/** @throws DatasetError with the first ten files that cannot be used. */
export async function readImages(folder: string, options: ReadOptions, report: Report): Promise<Dataset<Rows>> {
  const parts = await findImages(folder)
  const found = parts.flat()
  const classNames = [...new Set(found.map(({ className }) => className))].sort()
  if (classNames.length < 2 || classNames.length > classLimit)
    throw new DatasetError(
      `${folder}: images of ${classNames.length === 0 ? 'no class' : `${classNames.length} class${classNames.length > 1 ? 'es' : ''}`} ` +
        `were found; put each class into a folder of its own, 2 to ${classLimit} of them.`,
    )
  const { pixels, size, channels } = await readAll(found, folder, options.size, report)
  const labels = Uint16Array.from(found, ({ className }) => classNames.indexOf(className))
  const [first, second] = parts
  const split = second ? splitAsGiven(first!.length, second.length, options) : splitByChance(found.length, options)
  const inputSize = size.width * size.height * channels
  const rowsOf = (rows: Uint32Array): Rows => ({
    kind: 'rows',
    count: rows.length,
    inputSize,
    inputs: pickRows(pixels, inputSize, rows),
    labels: pickLabels(labels, rows),
  })
  return {
    name: '',
    title: path.basename(path.resolve(folder)),
    inputShape: [size.height, size.width, channels],
    classes: classNames.length,
    classNames,
    train: rowsOf(split.train),
    test: rowsOf(split.test),
  }
}

interface ImagePlace {
  readonly className: string
  /** From the folder that was named. */
  readonly file: string
}

/** Of train/ and of test/, or of the folder as a whole. */
async function findImages(folder: string): Promise<readonly (readonly ImagePlace[])[]> {
  const { folders } = await listFolder(folder)
  const isParted = folders.includes('train') && folders.includes('test')
  if (!isParted) return [await imagesByClass(folder, '', folders)]
  const strays = folders.filter(name => name !== 'train' && name !== 'test')
  if (strays.length > 0)
    throw new DatasetError(
      `${folder}: beside train and test there is ${strays[0]}; it is not clear what for. Move it away.`,
    )
  return Promise.all(
    ['train', 'test'].map(async part =>
      imagesByClass(folder, part, (await listFolder(path.join(folder, part))).folders),
    ),
  )
}

async function imagesByClass(folder: string, part: string, classNames: readonly string[]): Promise<ImagePlace[]> {
  const places: ImagePlace[] = []
  for (const className of classNames) {
    const inside = path.join(part, className)
    const { files, folders } = await listFolder(path.join(folder, inside))
    if (folders.length > 0)
      throw new DatasetError(
        `${path.join(inside, folders[0]!)} is a folder; a class holds its images directly. Move them up or away.`,
      )
    for (const file of files) places.push({ className, file: path.join(inside, file) })
  }
  return places
}

interface Pixels {
  readonly size: Size
  readonly channels: number
  readonly pixels: Uint8Array
}

async function readAll(
  places: readonly ImagePlace[],
  folder: string,
  wanted: Size | undefined,
  report: Report,
): Promise<Pixels> {
  const problems: string[] = []
  let failed = 0
  let size = wanted
  let firstFile = ''
  let all = new Uint8Array(0)
  let areGrey = true
  for (const [place, { file }] of places.entries()) {
    try {
      const image = decodeImage(await readBounded(path.join(folder, file)))
      if (!size) {
        size = { width: image.width, height: image.height }
        firstFile = file
      }
      if (!wanted && (image.width !== size.width || image.height !== size.height))
        throw sizesDiffer(firstFile, size, file, image)
      const bytes = 3 * size.width * size.height
      if (all.length === 0) all = new Uint8Array(boundedTotal(bytes, places.length, size))
      const { pixels } = resize(image, size.width, size.height)
      all.set(pixels, place * bytes)
      areGrey &&= isGrey(pixels)
    } catch (error) {
      if (error instanceof WrongSize || !(error instanceof DatasetError)) throw error
      failed++
      if (problems.length < 10) problems.push(`${file}: ${reasonOf(error)}`)
    }
    if (place % 100 === 99) report.reached((place + 1) / places.length, 'of the images read')
  }
  if (failed > 0) throw problemsError(problems, failed)
  report.say(
    `${wanted ? `All images are brought to ${describeSize(size!)}` : `All images are ${describeSize(size!)}`}, ${areGrey ? 'grey' : 'in colour'}.`,
  )
  return areGrey ? { size: size!, channels: 1, pixels: everyThird(all) } : { size: size!, channels: 3, pixels: all }
}

/** Concerns all images together, not one of them. */
class WrongSize extends DatasetError {}

const describeSize = ({ width, height }: Size): string => `${width} × ${height} pixels`

const sizesDiffer = (first: string, size: Size, other: string, image: Image): WrongSize =>
  new WrongSize(
    `Images differ in size: ${first} has ${describeSize(size)}, ${other} has ${describeSize(image)}. ` +
      `Say what all are to be brought to, e.g. --size 32 or --size ${size.width}x${size.height}.`,
  )

function boundedTotal(bytes: number, images: number, size: Size): number {
  const total = bytes * images
  if (total > byteLimit)
    throw new WrongSize(
      `${images} images of ${describeSize(size)} need more than ${limitText}; bring them to a smaller size, e.g. --size 64.`,
    )
  return total
}

const everyThird = (pixels: Uint8Array): Uint8Array => {
  const grey = new Uint8Array(pixels.length / 3)
  for (let i = 0; i < grey.length; i++) grey[i] = pixels[3 * i]!
  return grey
}
