import { networkOf } from '@muster/workloads'
import { describe, expect, test } from 'vitest'
import { floorOf } from './floor.ts'
import { networkOfModel, stepModels } from './models.ts'

describe('The floor of a step', () => {
  test('of two dense layers is what one counts on paper', () => {
    const network = networkOf({ kind: 'mlp', hidden: [128], activation: 'tanh' }, { inputShape: [784], classes: 10 })
    const first = 2 * 64 * 784 * 128
    const second = 2 * 64 * 128 * 10
    expect(floorOf(network, 64)).toEqual({
      // Backwards the second layer needs the gradient of its input as well.
      flops: { forward: first + second, backward: first + 2 * second },
      // Two layers; dW and db; dW, db and dx; the loss; the accumulation.
      dispatches: 2 + 2 + 3 + 1 + 1,
      bytesUp: 4 * 64 * (784 + 1),
      bytesDown: 4 * (784 * 128 + 128 + 128 * 10 + 10 + 1),
    })
  })

  test('of a convolution counts windows, and pooling no FLOPs', () => {
    const network = networkOf(
      {
        kind: 'stack',
        layers: [
          {
            layer: 'conv2d',
            filters: 8,
            kernelSize: [5, 5],
            strides: [1, 1],
            padding: 'valid',
            activation: 'relu',
            useBias: true,
          },
          { layer: 'max-pooling2d', poolSize: [2, 2], strides: [2, 2], padding: 'valid' },
        ],
      },
      { inputShape: [28, 28], classes: 10 },
    )
    const convolution = 2 * 3 * 24 * 24 * 5 * 5 * 1 * 8
    const last = 2 * 3 * (12 * 12 * 8) * 10
    const { flops, dispatches } = floorOf(network, 3)
    expect(flops).toEqual({ forward: convolution + last, backward: convolution + 2 * last })
    // Convolution, pooling, dense; dW and db; pooling; dW, db and dx; loss; accumulation. Views are free.
    expect(dispatches).toBe(3 + 2 + 1 + 3 + 2)
  })

  test('of dropout counts its mask among the bytes', () => {
    const layers = [{ layer: 'dropout', rate: 0.5 }] as const
    const withMask = networkOf({ kind: 'stack', layers }, { inputShape: [6], classes: 2 })
    expect(floorOf(withMask, 5).bytesUp).toBe(4 * 5 * (6 + 1 + 6))
  })

  test('of a transformer is what one counts on paper', () => {
    const [tokens, width, window, batch] = [7, 8, 6, 3]
    const network = networkOf(
      { kind: 'transformer', blocks: 1, heads: 2, width, window, dropout: 0 },
      { inputShape: [], classes: tokens },
    )
    const rows = batch * window
    const attention = 2 * rows * width * (3 * width) + 2 * rows * width * width + 2 * 2 * rows * window * width
    const hidden = 2 * (2 * rows * width * 4 * width)
    const logits = 2 * rows * width * tokens
    const forward = attention + hidden + logits
    const { flops, dispatches } = floorOf(network, batch)
    expect(flops).toEqual({ forward, backward: 2 * forward })
    // Embedding, positions, norm, attention, add, norm, two dense, add, norm, logits;
    const forwards = 1 + 1 + 1 + 3 + 1 + 1 + 2 + 1 + 1 + 1
    // the same backwards: a look-up has no dx, positions pass theirs on, and so do sums;
    const backwards = 1 + 1 + 3 + 7 + 0 + 3 + 6 + 0 + 3 + 3
    // and two values are read by the residual sum and by the part beside it.
    expect(dispatches).toBe(forwards + backwards + 2 + 2)
  })

  test('can be told of every model that is measured', () => {
    for (const model of stepModels) {
      const { flops, dispatches } = floorOf(networkOfModel(model), model.batchSize)
      expect(flops.backward).toBeGreaterThan(flops.forward)
      expect(dispatches).toBeGreaterThan(8)
    }
  })
})
