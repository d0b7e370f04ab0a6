import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import { type NpyValues, writeNpy } from './npy.ts'
import { readArrays } from './npy-files.ts'
import { readNpz } from './npz.ts'
import { silent } from './report.ts'
import { temporaryFiles } from './temporary-files.ts'

const { put } = temporaryFiles()
type Arrays = Readonly<Record<string, readonly [NpyValues, readonly number[]]>>

const packed = (arrays: Arrays) =>
  zipSync(Object.fromEntries(Object.entries(arrays).map(([name, [v, shape]]) => [`${name}.npy`, writeNpy(v, shape)])))
const read = (arrays: Arrays) => readArrays(put('data.npz', packed(arrays)), {}, silent)
const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i)

describe('arrays with names', () => {
  test("[DATA4] Keras' four: images of bytes stay bytes, and apart what was apart", async () => {
    const {
      train,
      test: held,
      ...rest
    } = await read({
      x_train: [counting(6 * 4), [6, 2, 2]],
      y_train: [Int32Array.of(7, 3, 7, 3, 7, 3), [6, 1]],
      x_test: [counting(2 * 4), [2, 2, 2]],
      y_test: [Int32Array.of(3, 7), [2]],
    })
    expect(rest).toMatchObject({ inputShape: [2, 2], classes: 2, classNames: ['3', '7'] })
    expect(rest.columns).toBeUndefined()
    expect([...held.inputs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect([...held.labels]).toEqual([0, 1])
    // In random order, each image with its class.
    expect(train.inputs).toBeInstanceOf(Uint8Array)
    const pairs = Array.from({ length: 6 }, (_, i) => [train.inputs[4 * i]! / 4, train.labels[i]!])
    expect(pairs.sort((a, b) => a[0]! - b[0]!)).toEqual([0, 1, 2, 3, 4, 5].map(i => [i, i % 2 ? 0 : 1]))
  })

  test('[DATA4] anything else is standardised, feature by feature, over the training samples', async () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => (i % 2 ? 1000 + i : i / 7))
    const { train, columns, inputShape } = await read({ X: [x, [20, 2]], y: [counting(20).map(i => i % 3), [20]] })
    expect(inputShape).toEqual([2])
    expect(columns!.map(({ name }) => name)).toEqual(['x[0]', 'x[1]'])
    for (const feature of [0, 1]) {
      const fed = Array.from({ length: train.count }, (_, i) => train.inputs[2 * i + feature]!)
      const mean = fed.reduce((sum, value) => sum + value) / fed.length
      expect(mean).toBeCloseTo(0, 5)
      expect(fed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / fed.length).toBeCloseTo(1, 5)
    }
  })

  test('[DATA4] two files of a folder', async () => {
    put('two/x.npy', writeNpy(Float32Array.of(1, 2, 3), [3]))
    const y = put('two/y.npy', writeNpy(Uint8Array.of(0, 1, 0), [3]))
    const { inputShape, train, test: held } = await readArrays(y.replace('/y.npy', ''), {}, silent)
    expect({ inputShape, counts: [train.count, held.count] }).toEqual({ inputShape: [1], counts: [2, 1] })
    await expect(readArrays(y, {}, silent)).rejects.toThrow('Put x.npy and y.npy into a folder')
  })

  const x = [new Float32Array(6), [3, 2]] as const
  test.each([
    ['no known names', { a: x }, 'found: a (f4, shape (3, 2))'],
    ['a target per class', { x, y: [new Float32Array(9), [3, 3]] }, 'np.argmax(y, axis=1)'],
    [
      'other counts',
      { x, y: [new Uint8Array(4), [4]] },
      'x (f4, shape (3, 2)) and y (u1, shape (4,)) do not hold equally many',
    ],
    ['fractions', { x, y: [Float32Array.of(0, 0.5, 1), [3]] }, 'y holds 0.5: this trains classifiers'],
    [
      'no numbers',
      { x: [Float32Array.of(0, 1, 2, NaN, 4, 5), [3, 2]], y: [Uint8Array.of(0, 1, 0), [3]] },
      'x holds NaN in sample 1',
    ],
    ['no samples', { x: [new Float32Array(0), [0, 2]], y: [new Uint8Array(0), [0]] }, 'There is 0 sample'],
    [
      'parts that differ',
      {
        x_train: x,
        y_train: [Uint8Array.of(0, 1, 0), [3]],
        x_test: [new Float32Array(3), [1, 3]],
        y_test: [new Uint8Array(1), [1]],
      },
      'a sample of x_test (f4, shape (1, 3)) is not like one of x_train',
    ],
  ] as [string, Arrays, string][])('[DATA4] %s: refused with names, shapes and types', async (_, arrays, message) => {
    await expect(read(arrays)).rejects.toThrow(DatasetError)
    await expect(read(arrays)).rejects.toThrow(message)
  })
})

describe('an archive', () => {
  const bomb = zipSync({ 'x.npy': new Uint8Array(5e7) }, { level: 9 })

  test('[DATA9] that unpacks to more than the limit is refused before it is unpacked', () => {
    expect(bomb.length).toBeLessThan(1e5)
    expect(() => readNpz(bomb, 'bomb.npz', 1e6)).toThrow('bomb.npz: its arrays unpack to more than 1,000,000 bytes')
  })

  test('[DATA9] that claims less than it unpacks to is refused', () => {
    const lying = bomb.slice()
    const directory = Buffer.from(lying.buffer).lastIndexOf(Buffer.from('PK\x01\x02'))
    new DataView(lying.buffer).setUint32(directory + 24, 100, true)
    expect(() => readNpz(lying, 'bomb.npz', 1e6)).toThrow(DatasetError)
  })

  test('[DATA9] that is damaged anywhere is refused, or read', () => {
    const whole = packed({ x: [counting(16), [4, 4]], y: [counting(4), [4]] })
    for (let at = 0; at < whole.length; at++)
      for (const value of [0, 255]) {
        const damaged = whole.slice()
        damaged[at] = value
        try {
          readNpz(damaged, 'x.npz', 1e6)
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError)
        }
      }
    expect(() => readNpz(whole.subarray(0, 30), 'x.npz')).toThrow('x.npz: it cannot be unpacked')
    expect(() => readNpz(new Uint8Array(0), 'x.npz')).toThrow('x.npz: it cannot be unpacked')
  })
})
