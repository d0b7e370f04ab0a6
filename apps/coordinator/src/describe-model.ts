// A model in a line, for those who see the run.

import type { RunFile } from '@muster/protocol'
import type { Network } from '@muster/workloads'

export function describeModel({ model }: RunFile, network: Network): string {
  const { inputSize, classes, nodes } = network
  switch (model.kind) {
    case 'softmax-regression':
      return `softmax regression ${inputSize}-${classes}`
    case 'mlp':
      return `MLP ${[inputSize, ...model.hidden, classes].join('-')}, ${model.activation}`
    case 'stack':
      return `stack: ${nodes.map(({ layer }) => describeLayer(layer)).join(', ')}`
    case 'transformer':
      return `transformer, ${model.blocks} blocks of width ${model.width}, ${model.heads} heads, window ${model.window}`
    default:
      return `${nodes.length} layers${'file' in model ? ` of ${model.file}` : ''}`
  }
}

function describeLayer(layer: Network['nodes'][number]['layer']): string {
  if (layer.layer === 'dense') return `dense ${layer.units}`
  if (layer.layer === 'conv2d') return `conv2d ${layer.filters} (${layer.kernelSize.join(' × ')})`
  return layer.layer
}
