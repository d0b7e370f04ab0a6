// The layers of a file in an order in which they can be computed, the output last.

import { readAll, refuse, show } from './json-fields.ts'
import type { ReadLayer } from './keras-layer.ts'
import type { LayerEntry, Topology } from './topology.ts'

export interface FoundLayer {
  readonly entry: LayerEntry
  readonly read: ReadLayer
  readonly from: readonly string[]
}

/** @throws ModelError that names a layer which cannot be reached, is read by none or has its softmax too early */
export function orderLayers(layers: readonly FoundLayer[], topology: Topology): readonly FoundLayer[] {
  const ordered = inOrder(layers, topology)
  refuseLoose(ordered, topology)
  refuseEarlySoftmax(ordered, topology)
  return ordered
}

/** Each after those it reads, otherwise as in the file. */
function inOrder(layers: readonly FoundLayer[], { inputName, place }: Topology): FoundLayer[] {
  const known = new Set([inputName, ...layers.map(({ entry }) => entry.name)])
  const done = new Set([inputName])
  const ordered: FoundLayer[] = []
  let waiting = layers
  while (waiting.length > 0) {
    const rest = waiting.filter(layer => {
      const isReady = layer.from.every(name => done.has(name))
      if (isReady) {
        done.add(layer.entry.name)
        ordered.push(layer)
      }
      return !isReady
    })
    if (rest.length === waiting.length) {
      const { entry, from } = rest[0]!
      const missing = from.find(name => !known.has(name))
      refuse(
        entry.settings.place,
        missing === undefined ? 'it reads what depends on itself' : `it reads ${show(missing)}, which is no layer`,
      )
    }
    waiting = rest
  }
  if (ordered.length === 0) refuse(place, 'holds no layer besides the input')
  return ordered
}

/** After this the output is the last in order: whatever is read by none is the output. */
function refuseLoose(ordered: readonly FoundLayer[], { outputName }: Topology): void {
  const read = new Set(ordered.flatMap(({ from }) => from))
  readAll(ordered, ({ entry }) => {
    if (entry.name !== outputName && !read.has(entry.name))
      refuse(entry.settings.place, 'no layer reads it, and it is not the output')
  })
}

function refuseEarlySoftmax(ordered: readonly FoundLayer[], { outputName }: Topology): void {
  readAll(ordered, ({ entry, read }) => {
    if (read.hasSoftmax && entry.name !== outputName)
      refuse(
        entry.settings.place,
        'softmax is supported at the very end only, where it is taken off, since the loss works on logits',
      )
  })
}
