// Files that a run file names: they are read once and kept with the run, which then needs no file any more.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { decodeSafetensors, SafetensorsError } from '@muster/parameters'
import type { RunFile } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import { flatWeights, ModelError, type Network, readLayersModel, readLayersWeights } from '@muster/workloads'
import { OperatorError } from './settings.ts'

/** The run with the layers of `{"layers": "model.json"}` written into it. @throws OperatorError */
export function inlineModel(file: RunFile, runFileName: string): RunFile {
  if (file.model.kind !== 'file') return file
  const { layers: name } = file.model
  const { nodes, inputShape } = reading(name, () =>
    readLayersModel(readJson(beside(runFileName, name), 'model.layers'), name),
  )
  // Plain data as it would be read again from the record.
  const model = { kind: 'graph', file: path.basename(name), inputShape, nodes }
  return { ...file, model: JSON.parse(JSON.stringify(model)) as RunFile['model'] }
}

/** The run with its first weights kept as a blob, flat. @throws OperatorError that names tensor and shape */
export function keepStart(storage: Storage, file: RunFile, runFileName: string, network: Network): RunFile {
  if (typeof file.startFrom !== 'string') return file
  const name = file.startFrom
  const flat = reading(name, () => readWeights(beside(runFileName, name), name, network))
  refuseNotFinite(flat, network, name)
  const bytes = new Uint8Array(flat.buffer, flat.byteOffset, flat.byteLength)
  return { ...file, startFrom: { file: path.basename(name), hash: storage.blobs.put(bytes) } }
}

/** The weights a run begins with; undefined: drawn ones. @throws OperatorError */
export function readStart(storage: Storage, { startFrom }: RunFile): Float32Array | undefined {
  if (startFrom === undefined || typeof startFrom === 'string') return undefined
  const bytes = storage.blobs.get(startFrom.hash)
  if (!bytes) throw new OperatorError(`The data folder has lost the weights of "startFrom" (${startFrom.file}).`)
  return new Float32Array(bytes.slice().buffer)
}

function readWeights(file: string, name: string, network: Network): Float32Array {
  if (!name.endsWith('.json')) {
    const { tensors } = decodeSafetensors(readBytes(file, 'startFrom'))
    return flatWeights(network, tensors, name)
  }
  const model = readLayersModel(readJson(file, 'startFrom'), name)
  const folder = path.dirname(file)
  const paths = (model.manifest ?? []).flatMap(group => group.paths)
  const files = new Map(paths.map((part): [string, Uint8Array] => [part, readBytes(inside(folder, part), 'startFrom')]))
  return readLayersWeights(model, network, files)
}

const beside = (runFileName: string, name: string): string => path.resolve(path.dirname(runFileName), name)

/** A manifest is a stranger's: it may name files of its own folder only. */
function inside(folder: string, name: string): string {
  const file = path.resolve(folder, name)
  if (path.relative(folder, file).startsWith('..') || path.isAbsolute(name))
    throw new ModelError(`the weights manifest names "${name}", which is outside its folder`)
  return file
}

function readBytes(file: string, field: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new OperatorError(
      `"${field}" names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
}

function readJson(file: string, field: string): unknown {
  const text = new TextDecoder().decode(readBytes(file, field))
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new OperatorError(`${file} is not JSON: ${(error as Error).message}.`)
  }
}

/** One number that is none would make every gradient none. */
function refuseNotFinite(flat: Float32Array, { tensors }: Network, name: string): void {
  const at = flat.findIndex(value => !Number.isFinite(value))
  if (at < 0) return
  const tensor = tensors.find(({ offset, length }) => at < offset + length)!
  throw new OperatorError(
    `${name}: tensor "${tensor.name}" holds ${flat[at]} at ${at - tensor.offset}; nothing can be learnt from there.`,
  )
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ModelError) && !(error instanceof SafetensorsError)) throw error
    throw new OperatorError(error.message.startsWith(name) ? error.message : `${name}: ${error.message}`)
  }
}
