// Whether a network's loss has a second derivative everywhere: where it has none, differences of gradients tell of the
// kinks they have stepped over and not of the curvature.

import type { Activation } from '../network/layer.ts'
import type { Network } from '../network/plan.ts'

/** ELU has a slope throughout, but one that bends at zero. */
const bent: readonly Activation[] = ['relu', 'relu6', 'elu']

/** What keeps it from being smooth, by the first layer that does; null: it is smooth. */
export function whyNotSmooth({ nodes }: Pick<Network, 'nodes'>): string | null {
  for (const { name, layer } of nodes) {
    if ('activation' in layer && bent.includes(layer.activation))
      return `layer "${name}" is not smooth: its activation is ${layer.activation}`
    if (layer.layer === 'max-pooling2d' || layer.layer === 'global-max-pooling2d')
      return `layer "${name}" is not smooth: it takes a maximum`
  }
  return null
}
