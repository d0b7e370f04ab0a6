// What AdaHessian costs beside a gradient: it needs g and H z of a batch, which one pass gives, and the step itself.

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
  question: 'How many gradients does a step by AdaHessian cost?',
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
        'in gradients of the same turn, median and middle half; by hand: by the products alone, counted. The limit is of a',
        'step against a plain one: a gradient taken again and again at the same parameters finds them in the cache:',
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

const ratios = (turns: readonly Turn[], of: keyof Turn, to: keyof Turn = 'gradient') =>
  turns.map(turn => turn[of] / turn[to])
const isHeld = ({ limit }: CurvatureModel, turns: readonly Turn[]) =>
  median(ratios(turns, 'step', 'plainStep')) <= limit

function describe(rows: readonly Row[]): string[] {
  const head = ['model', '', 'ms', 'gradients', '', 'by hand', 'plain steps', 'limit', '']
  const body = rows.flatMap(({ model, products, turns }) => {
    const line = (title: string, of: keyof Turn) => [
      title,
      median(turns.map(turn => turn[of])).toFixed(2),
      median(ratios(turns, of)).toFixed(2),
      `${quantile(ratios(turns, of), 0.25).toFixed(2)} to ${quantile(ratios(turns, of), 0.75).toFixed(2)}`,
    ]
    return [
      [model.name, ...line('gradient', 'gradient'), '', '', '', ''],
      ['', ...line('gradient and H z', 'both'), (products.both / products.gradient).toFixed(2), '', '', ''],
      ['', ...line('plain step', 'plainStep'), '', '1.00', '', ''],
      [
        ...['', ...line('AdaHessian’s step', 'step'), ''],
        median(ratios(turns, 'step', 'plainStep')).toFixed(2),
        ...[model.limit.toFixed(1), isHeld(model, turns) ? 'held' : 'MISSED'],
      ],
    ]
  })
  return table([head, ...body])
}
