// What curvature costs beside the gradient: AdaHessian needs g and H z of a batch, one pass gives both.

import { type CurvatureModel, curvatureModels, networkOfCurvatureModel } from './adahessian/models.ts'
import { type ProductCount, productsOf } from './adahessian/products.ts'
import type { Turn } from './adahessian/turns.ts'
import type { Benchmark, BenchmarkOptions } from './benchmark.ts'
import { median, quantile, table } from './statistics.ts'

interface Row {
  readonly model: CurvatureModel
  readonly products: ProductCount
  readonly turns: readonly Turn[]
}

export const adahessian: Benchmark = {
  name: 'adahessian',
  question: 'How many gradients does a gradient with a Hessian-vector product cost?',
  async run({ isQuick, say }) {
    const rows = await measureAll(isQuick, say)
    return {
      figures: {
        rows: rows.map(({ model, products, turns }) => ({
          model: model.name,
          batchSize: model.batchSize,
          limit: model.limit,
          isHeld: isHeld(model, turns),
          products,
          turns,
        })),
      },
      lines: [
        ...rows.map(({ model }) => `${model.name}: ${model.title}; batch ${model.batchSize}`),
        '',
        'wasm, one thread; milliseconds of processor time, medians of turns that alternate, since others use this machine;',
        'ratio of both in one turn, median and middle half; MFLOP and their ratio by products alone, counted by hand:',
        ...describe(rows),
      ],
    }
  },
}

// TensorFlow.js takes a while to load: only who measures waits for it.
async function measureAll(isQuick: boolean, say: BenchmarkOptions['say']): Promise<Row[]> {
  const { takeTurns } = await import('./adahessian/turns.ts')
  const rows: Row[] = []
  for (const model of curvatureModels) {
    say(`${model.name} ...`)
    const turns = await takeTurns(model, isQuick ? 5 : 41)
    rows.push({ model, products: productsOf(networkOfCurvatureModel(model), model.batchSize), turns })
  }
  return rows
}

const ratios = (turns: readonly Turn[]) => turns.map(({ gradient, both }) => both / gradient)
const isHeld = ({ limit }: CurvatureModel, turns: readonly Turn[]) => median(ratios(turns)) <= limit

function describe(rows: readonly Row[]): string[] {
  const head = ['model', 'gradient', 'with H z', 'ratio', '', 'limit', '', 'MFLOP', 'with H z', 'ratio']
  const body = rows.map(({ model, products, turns }) => [
    model.name,
    median(turns.map(({ gradient }) => gradient)).toFixed(2),
    median(turns.map(({ both }) => both)).toFixed(2),
    median(ratios(turns)).toFixed(2),
    `${quantile(ratios(turns), 0.25).toFixed(2)} to ${quantile(ratios(turns), 0.75).toFixed(2)}`,
    model.limit.toFixed(1),
    isHeld(model, turns) ? 'held' : 'MISSED',
    (products.gradient / 1e6).toFixed(1),
    (products.both / 1e6).toFixed(1),
    (products.both / products.gradient).toFixed(2),
  ])
  return table([head, ...body])
}
