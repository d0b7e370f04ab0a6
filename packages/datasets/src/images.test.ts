import path from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'jpeg-js'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import { decodeImage } from './image-file.ts'
import { readImages } from './images.ts'
import type { ReadOptions } from './options.ts'
import { silent } from './report.ts'
import { temporaryFiles } from './temporary-files.ts'

const { folder, put } = temporaryFiles()
const read = (name: string, options: ReadOptions = {}) => readImages(path.join(folder, name), options, silent)

type Colour = readonly [number, number, number, number?]
const filled = (width: number, height: number, [r, g, b, a = 255]: Colour) => ({
  width,
  height,
  data: Buffer.from(Array.from({ length: width * height }, () => [r, g, b, a]).flat()),
})
function png(width: number, height: number, colour: Colour): Buffer {
  const image = new PNG({ width, height })
  image.data = filled(width, height, colour).data
  return PNG.sync.write(image)
}
const jpeg = (width: number, height: number, colour: Colour) => encode(filled(width, height, colour), 95).data

function chunk(type: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, sum])
}
/** Whatever the header says about what is packed. */
function forgedPng(width: number, height: number, isInterlaced: boolean, packed: Uint8Array, depth = 8): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([depth, 2, 0, 0, isInterlaced ? 1 : 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', packed), chunk('IEND', Buffer.alloc(0))])
}

describe('a folder of images', () => {
  test('[DATA5] its folders are the classes, sorted; PNG and JPEG become rows of colours', async () => {
    for (let i = 0; i < 4; i++) {
      put(`pets/dogs/${i}.jpg`, jpeg(6, 4, [200, 30, 30]))
      put(`pets/cats/${i}.png`, png(6, 4, [10, 20, 30]))
    }
    put('pets/cats/.DS_Store', 'hidden')
    put('pets/.cache/x.png', 'hidden')
    const { train, test: held, ...rest } = await read('pets', { testShare: 0.25 })
    expect(rest).toMatchObject({ inputShape: [4, 6, 3], classNames: ['cats', 'dogs'] })
    expect([train.count, held.count]).toEqual([6, 2])
    for (const part of [train, held])
      for (let i = 0; i < part.count; i++) {
        const pixel = [...part.inputs.subarray(i * 72, i * 72 + 3)]
        const expected = part.labels[i] === 0 ? [10, 20, 30] : [200, 30, 30]
        for (const [c, value] of pixel.entries()) expect(Math.abs(value - expected[c]!)).toBeLessThanOrEqual(4)
      }
  })

  test('[DATA5] apart in train and test, and of one channel where all are grey', async () => {
    for (const part of ['train', 'test'])
      for (const [name, level] of [
        ['a', 10],
        ['b', 90],
      ] as const)
        for (let i = 0; i < (part === 'train' ? 3 : 1); i++)
          put(`parted/${part}/${name}/${i}.png`, png(2, 2, [level, level, level]))
    const { train, test: held, inputShape } = await read('parted')
    expect({ inputShape, counts: [train.count, held.count] }).toEqual({ inputShape: [2, 2, 1], counts: [6, 2] })
    expect([...held.inputs]).toEqual([10, 10, 10, 10, 90, 90, 90, 90])
    expect([...held.labels]).toEqual([0, 1])
  })

  test('[DATA5] of several sizes: refused with two of them, or brought to one', async () => {
    put('sizes/a/1.png', png(4, 4, [1, 2, 3]))
    put('sizes/b/2.png', png(8, 2, [1, 2, 3]))
    await expect(read('sizes')).rejects.toThrow(
      /a\/1.png has 4 × 4 pixels, b\/2.png has 8 × 2 pixels\. .*--size 32 or --size 4x4/,
    )
    const { inputShape, train } = await read('sizes', { size: { width: 3, height: 2 } })
    expect(inputShape).toEqual([2, 3, 3])
    expect([...train.inputs.subarray(0, 3)]).toEqual([1, 2, 3])
  })

  test('[DATA5] transparent parts are white', () => {
    expect([...decodeImage(png(1, 1, [0, 0, 0, 0])).pixels]).toEqual([255, 255, 255])
    expect([...decodeImage(png(1, 1, [0, 100, 255, 128])).pixels]).toEqual([127, 177, 255])
  })

  test('[DATA5] PNG of every colour type, of 8 and 16 bits, and interlaced', () => {
    const image = new PNG({ width: 3, height: 2 })
    image.data = filled(3, 2, [90, 90, 90]).data
    for (const colorType of [0, 2, 4, 6] as const) {
      const { width, height, pixels } = decodeImage(PNG.sync.write(image, { colorType }))
      expect({ width, height, pixels: [...pixels] }, `${colorType}`).toEqual({
        width: 3,
        height: 2,
        pixels: Array(18).fill(90),
      })
    }
    const deep = forgedPng(1, 1, false, deflateSync(Buffer.from([0, 90, 0, 80, 0, 70, 0])), 16)
    expect([...decodeImage(deep).pixels]).toEqual([90, 80, 70])
    const interlaced = forgedPng(1, 1, true, deflateSync(Buffer.from([0, 1, 2, 3])))
    expect([...decodeImage(interlaced).pixels]).toEqual([1, 2, 3])
  })

  test('[DATA5] files that are no images are named, each with its reason', async () => {
    put('odd/a/1.png', png(2, 2, [1, 2, 3]))
    put('odd/a/2.png', png(2, 2, [1, 2, 3]).subarray(0, 50))
    put('odd/a/notes.txt', 'no image')
    put('odd/b/3.jpg', jpeg(8, 8, [1, 2, 3]).subarray(0, 100))
    put('odd/b/4.png', '')
    const { message } = (await read('odd').catch((error: Error) => error)) as Error
    const lines = message.split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^a\/2.png: it cannot be unpacked as PNG/)
    expect(lines[1]).toBe('a/notes.txt: it is neither PNG nor JPEG')
    expect(lines[2]).toMatch(/^b\/3.jpg: it cannot be unpacked as JPEG/)
    expect(lines[3]).toBe('b/4.png: it is empty')
  })

  test('[DATA5] without classes, or with folders in classes: refused', async () => {
    put('one/a/1.png', png(2, 2, [1, 2, 3]))
    await expect(read('one')).rejects.toThrow('images of 1 class were found')
    put('deep/a/b/1.png', png(2, 2, [1, 2, 3]))
    await expect(read('deep')).rejects.toThrow('a/b is a folder; a class holds its images directly')
  })
})

describe('a malicious image', () => {
  test.each([
    [
      'more pixels than are read',
      forgedPng(60_000, 60_000, false, deflateSync(Buffer.alloc(9))),
      /more than 50 million/,
    ],
    ['more data than pixels', forgedPng(2, 2, false, deflateSync(Buffer.alloc(5e7))), /cannot be unpacked as PNG/],
    [
      'more data than pixels, interlaced',
      forgedPng(2, 2, true, deflateSync(Buffer.alloc(5e7))),
      /cannot be unpacked as PNG/,
    ],
    ['damaged data', forgedPng(2, 2, false, Buffer.from('no deflate stream')), /cannot be unpacked as PNG/],
    [
      'fewer data than pixels',
      forgedPng(9, 9, false, deflateSync(Buffer.alloc(5))),
      /unpack to 5 bytes, where 252 belong/,
    ],
  ])('[DATA9] %s: refused', (_, bytes, reason) => {
    expect(() => decodeImage(bytes)).toThrow(DatasetError)
    expect(() => decodeImage(bytes)).toThrow(reason)
  })

  test('[DATA9] a JPEG that claims to be huge is refused', () => {
    const bytes = Buffer.from(jpeg(8, 8, [1, 2, 3]))
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
    bytes.writeUInt16BE(65_000, frame + 5)
    bytes.writeUInt16BE(65_000, frame + 7)
    expect(() => decodeImage(bytes)).toThrow(/maxResolutionInMP/)
  })

  test('[DATA9] no damage crashes the reader', () => {
    for (const whole of [png(5, 5, [1, 2, 3]), jpeg(8, 8, [1, 2, 3])])
      for (let at = 0; at < whole.length; at++) {
        const damaged = Buffer.from(whole)
        damaged[at]! ^= 255
        try {
          decodeImage(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError)
        }
      }
  })
})
