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
      return nodes.flatMap(({ layer }) => describeLayer(layer)).join(' → ')
    case 'transformer':
      return `transformer, ${model.blocks} ${model.blocks === 1 ? 'block' : 'blocks'} of width ${model.width}, ${model.heads} heads, window ${model.window}`
    default:
      return `${nodes.length} layers${'file' in model ? ` of ${model.file}` : ''}`
  }
}

/** What only rearranges is left out. */
function describeLayer(layer: Network['nodes'][number]['layer']): string[] {
  switch (layer.layer) {
    case 'dense':
      return [`dense ${layer.units}`]
    case 'conv2d':
      return [`convolution ${layer.filters} (${layer.kernelSize.join('×')})`]
    case 'dropout':
      return [`dropout ${layer.rate}`]
    case 'flatten':
    case 'reshape':
    case 'rescaling':
    case 'zero-padding2d':
      return []
    default:
      return [layer.layer.replace('2d', '').replaceAll('-', ' ')]
  }
}
