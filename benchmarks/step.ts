// Where a partition's time goes, beside a floor counted by hand: by model and backend.

import type { BackendName } from '@muster/vocabulary'
import { type Benchmark, type BenchmarkOptions, type Finding, UnknownName } from './benchmark.ts'
import { table } from './statistics.ts'
import type { Opened, StepDevice } from './step/devices.ts'
import { type Floor, floorOf } from './step/floor.ts'
import type { Spread, StepFigures } from './step/measure.ts'
import { networkOfModel, type StepModel, stepModels } from './step/models.ts'

type Row = {
  readonly model: StepModel
  readonly floor: Floor
  readonly device: Measured
  readonly figures: StepFigures
}

/** A device's words, without what it can do. */
interface Measured {
  readonly backend: BackendName
  readonly place: string
  readonly adapter: string
  readonly isSoftware: boolean
  /** GFLOP/s of its fastest product; null where times say nothing. */
  readonly peak: number | null
}

/** Something that can be measured on, once it has been opened. */
interface Place {
  readonly backend: BackendName
  open(): Promise<Opened>
}

const inNode: readonly BackendName[] = ['wasm', 'cpu']
const inBrowser: readonly BackendName[] = ['webgpu', 'webgl', 'wasm']

export const step: Benchmark = {
  name: 'step',
  question: 'Where does the time of one partition go, and how far is it from what it needs at least?',
  async run(options) {
    const models = chosen('model', options.models, stepModels, ({ name }) => name)
    const asked = chosen('backend', options.backends, [...new Set([...inNode, ...inBrowser])], name => name)
    const notes: string[] = []
    const rows: Row[] = []
    const { places, close } = await placesOf(options, notes)
    try {
      for (const { open } of places.filter(place => asked.includes(place.backend))) {
        const device = await open()
        if (typeof device === 'string') notes.push(device)
        else rows.push(...(await measureOn(device, models, options, notes)))
      }
      if (!options.withBrowser && !options.withDawn && asked.some(backend => !inNode.includes(backend)))
        notes.push('WebGL and WebGPU need a browser (--browser), WebGPU alone also runs in Dawn for Node (--dawn).')
    } finally {
      await close()
    }
    return describe(rows, notes)
  },
}

function chosen<Item>(what: string, names: string | undefined, all: readonly Item[], nameOf: (item: Item) => string) {
  if (names === undefined) return all
  return names.split(',').map(name => {
    const found = all.find(item => nameOf(item) === name)
    if (found === undefined) throw new UnknownName(`There is no ${what} "${name}", but: ${all.map(nameOf).join(', ')}.`)
    return found
  })
}

// TensorFlow.js takes a while to load: only who measures a step waits for it.
async function placesOf({ withBrowser, withDawn, say }: BenchmarkOptions, notes: string[]) {
  const { openDawn, openInNode } = await import('./step/in-node.ts')
  const places: Place[] = inNode.map(backend => ({ backend, open: () => openInNode(backend) }))
  if (withDawn) places.push({ backend: 'webgpu', open: openDawn })
  if (!withBrowser) return { places, close: async () => {} }
  say('building the page, starting the browser ...')
  const { startBrowser } = await import('./step/in-browser.ts')
  const browser = await startBrowser()
  if (typeof browser === 'string') {
    notes.push(browser)
    return { places, close: async () => {} }
  }
  places.push(...inBrowser.map(backend => ({ backend, open: () => browser.open(backend) })))
  return { places, close: browser.close }
}

async function measureOn(
  device: StepDevice,
  models: readonly StepModel[],
  { isQuick, say }: BenchmarkOptions,
  notes: string[],
): Promise<Row[]> {
  const { backend, place, adapter, isSoftware } = device
  say(`${backend} in ${place}: ${adapter}`)
  const rows: Row[] = []
  const peak = isSoftware ? null : await device.peak()
  for (const model of models) {
    if (backend === 'cpu' && !model.isSmall) {
      notes.push(`${model.name} is not measured on cpu: plain JavaScript would take minutes.`)
      continue
    }
    say(`  ${model.name} ...`)
    // A card that gives up on one model says nothing of the others.
    const figures = await device.measure(model, isQuick).catch((error: Error) => error)
    if (figures instanceof Error) {
      notes.push(`${model.name} on ${backend} in ${place} broke off: ${figures.message}`)
      continue
    }
    const floor = floorOf(networkOfModel(model), model.batchSize)
    rows.push({ model, floor, device: { backend, place, adapter, isSoftware, peak }, figures })
  }
  await device.close().catch(() => {})
  return rows
}

function describe(rows: readonly Row[], notes: readonly string[]): Finding {
  const devices = [...new Map(rows.map(({ device }) => [`${device.backend} ${device.place}`, device])).values()]
  const models = [...new Set(rows.map(({ model }) => model))]
  return {
    figures: {
      notes,
      rows: rows.map(({ model, floor, device, figures }) => ({
        model: model.name,
        batchSize: model.batchSize,
        ...device,
        floor,
        gigaflops: gigaflops(floor, figures),
        ...figures,
      })),
    },
    lines: [
      ...models.map(
        model =>
          `${model.name}: ${model.title}; batch ${model.batchSize}, ${networkOfModel(model).parameterCount} parameters`,
      ),
      '',
      ...devices.map(
        ({ backend, place, adapter, isSoftware, peak }) =>
          `${backend} in ${place}: ${adapter}; ${isSoftware ? 'imitated by the processor, so counts only' : `fastest product ${peak!.toFixed(1)} GFLOP/s`}`,
      ),
      '',
      'What a partition makes the device do; in brackets, times its floor (benchmarks/step/floor.ts says what that is):',
      ...countsTable(rows),
      '',
      'Milliseconds, medians; of a whole partition from least to most; in brackets the share of the fastest product:',
      ...timesTable(rows),
      '',
      'Checks:',
      ...checksTable(rows),
      '',
      'Kernels that cost most, or, where the device does not say, that are most:',
      ...rows.map(({ model, device, figures }) => `${labelOf(model, device)}: ${kernelsOf(figures)}`),
      ...(notes.length > 0 ? ['', ...notes] : []),
    ],
  }
}

const labelOf = (model: StepModel, { backend, place }: Measured) => `${model.name} ${backend} ${place.split(' ')[0]}`
const names = ({ model, device }: Row) => [model.name, device.backend, device.place.split(' ')[0]!]
const times = (figure: number, floor: number) => `(${(figure / floor).toFixed(figure < 10 * floor ? 1 : 0)}×)`
const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1)
const sumOf = ({ flops }: Floor) => flops.forward + flops.backward

function gigaflops(floor: Floor, { times: measured }: StepFigures): number | null {
  return measured === null ? null : sumOf(floor) / measured.partition.median / 1e6
}

function countsTable(rows: readonly Row[]): string[] {
  const head = ['model', 'backend', 'in', 'dispatches', '', 'kB up', '', 'kB down', '', 'tensors', 'MFLOP']
  const body = rows.map(row => {
    const { floor, figures } = row
    const { dispatches, bytesUp, bytesDown, tensors } = figures
    return [
      ...names(row),
      `${dispatches}`,
      times(dispatches, floor.dispatches),
      ...(bytesUp === null ? ['–', ''] : [kilobytes(bytesUp), times(bytesUp, floor.bytesUp)]),
      kilobytes(bytesDown),
      times(bytesDown, floor.bytesDown),
      `${tensors}`,
      (sumOf(floor) / 1e6).toFixed(1),
    ]
  })
  return table([head, ...body])
}

function timesTable(rows: readonly Row[]): string[] {
  const head = [
    'model',
    'backend',
    'in',
    'forward',
    'backward',
    'accumulate',
    'read-back',
    'partition',
    '',
    'GFLOP/s',
    '',
  ]
  const ms = ({ median }: Spread) => median.toFixed(median < 10 ? 2 : 1)
  const body = rows
    .filter(({ figures }) => figures.times !== null)
    .map(row => {
      const { forward, backward, accumulate, readBack, partition } = row.figures.times!
      const rate = gigaflops(row.floor, row.figures)!
      return [
        ...names(row),
        ...[forward, backward, accumulate, readBack, partition].map(ms),
        `${partition.least.toFixed(1)} to ${partition.most.toFixed(1)}`,
        rate.toFixed(2),
        `(${((100 * rate) / row.device.peak!).toFixed(0)} %)`,
      ]
    })
  return body.length === 0 ? ['none: no device here whose times would say anything'] : table([head, ...body])
}

function checksTable(rows: readonly Row[]): string[] {
  const head = [
    'model',
    'backend',
    'in',
    'read-backs',
    'programs',
    'again',
    'partitions',
    'tensors',
    'bytes',
    'device bytes',
    '',
  ]
  const body = rows.map(row => {
    const { readBacks, programs, growth } = row.figures
    const signed = (value: number) => `${value > 0 ? '+' : ''}${value}`
    return [
      ...names(row),
      `${readBacks}`,
      `${programs.first}`,
      signed(programs.second),
      `${growth.partitions}`,
      signed(growth.tensors),
      signed(growth.bytes),
      growth.deviceBytes === null ? '–' : signed(growth.deviceBytes),
      isSound(row.figures) ? 'held' : 'MISSED',
    ]
  })
  return [
    'read-backs of an upload (1); programs translated for the first upload and again for the second (0); growth over so many partitions (0)',
    ...table([head, ...body]),
  ]
}

const isSound = ({ readBacks, programs, growth }: StepFigures): boolean =>
  readBacks === 1 &&
  programs.second === 0 &&
  growth.tensors === 0 &&
  growth.bytes === 0 &&
  (growth.deviceBytes ?? 0) <= 0

const kernelsOf = ({ kernels }: StepFigures): string =>
  kernels.map(({ name, count, ms }) => `${name} ×${count}${ms === null ? '' : ` ${ms.toFixed(1)} ms`}`).join(', ')
