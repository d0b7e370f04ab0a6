import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeSafetensors } from '@muster/parameters'
import { createMemoryStorage } from '@muster/storage'
import type { Dataset } from '@muster/workloads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addDataset } from './datasets.ts'
import { type OpenedRun, openRun } from './open-run.ts'
import { smallRun, smallStorage } from './test-server.ts'
import { layersFiles, weightsFile } from './weights-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'muster-run-parts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (name: string, content: Uint8Array | object) =>
  writeFileSync(path.join(folder, name), content instanceof Uint8Array ? content : JSON.stringify(content))
const open = (change: object, storage = smallStorage()): OpenedRun =>
  openRun(storage, { ...smallRun, ...change }, path.join(folder, 'run.json'), 0)

const denseModel = (layers: readonly object[]) => ({
  format: 'layers-model',
  modelTopology: { class_name: 'Sequential', config: { name: 'm', layers } },
})
const flatten = { class_name: 'Flatten', config: { name: 'flat', batch_input_shape: [null, 28, 28, 1] } }
const dense = (units: number) => ({
  class_name: 'Dense',
  config: { name: `dense${units}`, units, activation: 'softmax', use_bias: true },
})

describe('a model from a layers file', () => {
  test('[MOD5] is kept with the run, which then needs no file; the data’s numbers may be read in another shape', () => {
    put('model.json', denseModel([flatten, dense(10)]))
    const storage = smallStorage()
    const opened = open({ model: { layers: 'model.json' } }, storage)
    expect(opened.network.inputShape).toEqual([28, 28, 1])
    expect(opened.network.tensors.map(({ name }) => name)).toEqual(['dense10/kernel', 'dense10/bias'])
    expect(opened.isLayersModel).toBe(true)
    rmSync(path.join(folder, 'model.json'))
    const again = openRun(storage, storage.runs.find(opened.id)!.file, 'elsewhere', 1)
    expect(again.id).toBe(opened.id)
    expect(again.description).toEqual(opened.description)
    expect(again.parameters).toEqual(opened.parameters)
  })

  test.each([
    ['missing', null, /"model.layers" names .*model\.json, which cannot be read \(ENOENT\)/],
    ['no JSON', new TextEncoder().encode('{'), /model\.json is not JSON/],
    [
      'of a layer that cannot be exact',
      denseModel([flatten, { class_name: 'BatchNormalization', config: { name: 'norm', axis: -1 } }, dense(10)]),
      /"norm".*BatchNormalization.*replicas would differ/,
    ],
    [
      'of other classes',
      denseModel([flatten, dense(7)]),
      /"model" does not fit: layer "dense7".*gives 7; the data has 10/,
    ],
    [
      'of another input',
      denseModel([{ class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 5] } }, dense(10)]),
      /the model reads 5 numbers, a sample of the data has 28 × 28/,
    ],
  ])('[MOD5] is refused with place and reason where it is %s', (_, content, message) => {
    if (content !== null) put('model.json', content)
    expect(() => open({ model: { layers: 'model.json' } })).toThrow(message)
  })
})

describe('first weights from a file', () => {
  /** Weights that no seed draws. */
  const learnt = (opened: OpenedRun) => opened.parameters.map((_, i) => Math.fround(i / 1000))

  test('[MOD5] safetensors and a layers file begin where they left off, and are kept with the run', () => {
    const first = open({})
    const weights = learnt(first)
    put('weights.safetensors', weightsFile(first, weights, 3))
    const files = layersFiles(first, weights, 3)
    put('model.json', files.model)
    put(files.weightsName, files.weights)
    for (const startFrom of ['weights.safetensors', 'model.json']) {
      const storage = smallStorage()
      const opened = open({ startFrom }, storage)
      expect(opened.parameters).toEqual(weights)
      expect(opened.id).not.toBe(first.id)
      rmSync(path.join(folder, startFrom))
      expect(openRun(storage, storage.runs.find(opened.id)!.file, 'elsewhere', 1).parameters).toEqual(weights)
    }
  })

  test('[MOD5] tensors that do not fit are refused by name and shape', () => {
    const tensor = (name: string, shape: number[]) => ({
      name,
      dtype: 'F32' as const,
      shape,
      data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)),
    })
    put('w.safetensors', encodeSafetensors([tensor('dense0/kernel', [784, 9]), tensor('dense0/bias', [10])]))
    expect(() => open({ startFrom: 'w.safetensors' })).toThrow(/dense0\/kernel.*784 × 9.*784 × 10/s)
    put('w.safetensors', encodeSafetensors([tensor('dense0/kernel', [784, 10])]))
    expect(() => open({ startFrom: 'w.safetensors' })).toThrow(/dense0\/bias/)
    put('w.safetensors', new Uint8Array(20))
    expect(() => open({ startFrom: 'w.safetensors' })).toThrow(/^w\.safetensors: .*header/)
    const notFinite = { ...tensor('dense0/bias', [10]), data: new Float32Array(10).fill(Number.NaN, 3, 4) }
    put('w.safetensors', encodeSafetensors([tensor('dense0/kernel', [784, 10]), notFinite]))
    expect(() => open({ startFrom: 'w.safetensors' })).toThrow('w.safetensors: tensor "dense0/bias" holds NaN at 3')
    expect(() => open({ startFrom: 'none.safetensors' })).toThrow(/"startFrom" names .*cannot be read \(ENOENT\)/)
  })

  test('[MOD5] a manifest cannot name files outside its folder', () => {
    const files = layersFiles(open({}), learnt(open({})), 0)
    const model = JSON.parse(new TextDecoder().decode(files.model)) as { weightsManifest: { paths: string[] }[] }
    model.weightsManifest[0]!.paths = ['../secret.bin']
    put('model.json', model)
    expect(() => open({ startFrom: 'model.json' })).toThrow('outside its folder')
  })
})

describe('the data of a run', () => {
  const rows = (labels: number[]): Dataset => ({
    name: 'swap',
    title: 'Swapped',
    inputShape: [2],
    classes: 3,
    classNames: ['a', 'b', 'c'],
    train: {
      kind: 'rows',
      count: 6,
      inputSize: 2,
      inputs: new Uint8Array(12).fill(7),
      labels: Uint16Array.from(labels),
    },
    test: { kind: 'rows', count: 1, inputSize: 2, inputs: new Uint8Array(2), labels: Uint16Array.of(0) },
  })

  test('[MOD5] stay its own: another data set of that name makes another run, the first keeps what it was begun with', () => {
    const storage = createMemoryStorage()
    addDataset(storage, rows([0, 1, 2, 0, 1, 2]))
    const first = open({ dataset: 'swap' }, storage)
    expect(open({ dataset: 'swap' }, storage).id).toBe(first.id)
    addDataset(storage, rows([2, 1, 0, 2, 1, 0]))
    const second = open({ dataset: 'swap' }, storage)
    expect(second.id).not.toBe(first.id)
    const again = openRun(storage, storage.runs.find(first.id)!.file, first.id, 1)
    expect(again.id).toBe(first.id)
    expect(again.description.dataset.partitions).toEqual(first.description.dataset.partitions)
    expect(again.description.dataset.partitions).not.toEqual(second.description.dataset.partitions)
  })

  test('[MOD5] a run that is refused leaves nothing behind', () => {
    const storage = smallStorage()
    expect(() => open({ partitions: 121 }, storage)).toThrow('at most the 120 training samples')
    expect(storage.runs.list()).toEqual([])
  })
})

describe('data and model', () => {
  const text: Dataset = {
    name: 'verse',
    title: 'Verse',
    inputShape: [],
    classes: 3,
    classNames: ['\n', 'a', 'b'],
    train: { kind: 'text', tokens: Uint16Array.from({ length: 101 }, (_, i) => i % 3) },
    test: { kind: 'text', tokens: Uint16Array.from({ length: 30 }, (_, i) => i % 3) },
  }
  const transformer = { kind: 'transformer', blocks: 1, heads: 1, width: 4, window: 8 }
  const withText = () => {
    const storage = createMemoryStorage()
    addDataset(storage, text)
    return storage
  }

  test('[MOD4] a text is cut into windows: every one of them trains, none twice', () => {
    const storage = withText()
    const { description } = open({ dataset: 'verse', model: transformer }, storage)
    expect(description.dataset.trainingSamples).toBe(101 - 8)
    expect(description.dataset.partitions).toHaveLength(6)
    expect(description.dataset.inputShape).toEqual([8])
  })

  test.each([
    [{ dataset: 'verse' }, /the data is a text, which a model of kind "softmax-regression" does not read/],
    [{ dataset: 'digits', model: transformer }, /the data has rows/],
    [{ dataset: 'verse', model: { ...transformer, window: 200 } }, /a text of 101 tokens has no window of 200/],
    [{ dataset: 'verse', model: transformer, partitions: 94 }, /at most the 93 training samples/],
    [{ dataset: 'verse', model: transformer, augment: { flip: true } }, /"augment" changes images/],
    [{ dataset: 'roses' }, /"roses", which is not held by this data folder. Add it with: npx muster data add roses/],
  ])('[MOD1] %j is refused with a sentence', (change, message) => {
    const storage = withText()
    expect(() => open(change, storage)).toThrow(message)
  })
})
