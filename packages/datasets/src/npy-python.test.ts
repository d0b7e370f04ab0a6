// NumPy itself as the judge of what is read and written here.

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readBounded } from './files.ts'
import { readNpy, writeNpy } from './npy.ts'
import { readNpz } from './npz.ts'
import { temporaryFiles } from './temporary-files.ts'

const python = (script: string, ...args: string[]) =>
  spawnSync('python3', ['-c', `import json, sys\nimport numpy as np\n${script}`, ...args], { encoding: 'utf8' })
const isPresent = python('').status === 0
const skipped = isPresent ? '' : ' (SKIPPED: python3 with numpy is absent; apt-get install python3-numpy)'
const { folder, put } = temporaryFiles()

test.skipIf(!isPresent)(`[DATA3] files that NumPy writes are read${skipped}`, async () => {
  const script = `
told = {}
for kind in ['b1', 'u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'u8', 'i8', 'f2', 'f4', 'f8']:
  for order in '<>':
    for layout in 'CF':
      x = np.arange(24).reshape(2, 3, 4) - (0 if kind[0] in 'bu' else 7)
      x = np.array(x, dtype=order + kind, order=layout)
      name = f'{kind}{"le" if order == "<" else "be"}{layout}'
      np.save(f'{sys.argv[1]}/{name}.npy', x)
      told[name] = x.astype('f8').flatten().tolist()
x = np.ones((2, 3), 'f4')
np.savez(f'{sys.argv[1]}/plain.npz', x=x, y=[1, 2])
np.savez_compressed(f'{sys.argv[1]}/packed.npz', x=x, y=[1, 2])
print(json.dumps(told))
`
  const { stdout, stderr } = python(script, folder)
  expect(stderr).toBe('')
  const told = JSON.parse(stdout) as Record<string, number[]>
  expect(Object.keys(told)).toHaveLength(48)
  for (const [name, numbers] of Object.entries(told)) {
    const { shape, values } = readNpy(await readBounded(path.join(folder, `${name}.npy`)), name)
    expect(shape, name).toEqual([2, 3, 4])
    expect([...values], name).toEqual(numbers)
  }
  for (const name of ['plain.npz', 'packed.npz']) {
    const arrays = readNpz(await readBounded(path.join(folder, name)), name)
    expect([...arrays.keys()]).toEqual(['x', 'y'])
    expect([...arrays.get('y')!.values]).toEqual([1, 2])
    expect(arrays.get('x')!.shape).toEqual([2, 3])
  }
})

test.skipIf(!isPresent)(`[DATA3] files written here are read by NumPy${skipped}`, () => {
  const all = [
    Uint8Array.of(1, 255),
    Int8Array.of(-1, 2),
    Uint16Array.of(1, 65_535),
    Int16Array.of(-300, 2),
    Uint32Array.of(1, 4e9),
    Int32Array.of(-7e4, 2),
    Float32Array.of(0.5, -3),
    Float64Array.of(Math.PI, -1e300),
  ]
  const files = all.flatMap((values, i) => [
    put(`written${i}.npy`, writeNpy(values, [2])),
    put(`matrix${i}.npy`, writeNpy(values, [1, 2])),
  ])
  const { stdout, stderr } = python(
    'print(json.dumps([(str(x.dtype), x.tolist()) for x in map(np.load, sys.argv[1:])]))',
    ...files,
  )
  expect(stderr).toBe('')
  const types = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64']
  const expected = all.flatMap((values, i) => [
    [types[i], [...values]],
    [types[i], [[...values]]],
  ])
  expect(JSON.parse(stdout)).toEqual(expected)
})
