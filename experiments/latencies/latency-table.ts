// Mean round times of every scheme under every time model, beside the figures they were first found with.
//
//   n workers;  sMax = n/2 − 1, so that a worker holds at most half of the data;  all schemes see the same rounds

import { everyMessage, fixedCodes, fractionalRepetition, nestedCyclic, nestedTree, waitForAll } from './schemes.ts'
import { roundTimes, type TimeModel } from './time-models.ts'

export interface MeanLatencies {
  readonly waitForAll: number
  /** The s of least mean; one s for all rounds, as a fixed code has it. */
  readonly bestFixedCode: number
  readonly deepestFixedCode: number
  readonly bestFractionalRepetition: number
  readonly nestedCyclic: number
  readonly nestedTree: number
  readonly everyMessage: number
}

export interface LatencyCase {
  readonly name: string
  readonly n: number
  readonly model: TimeModel
  /** Found by the sketch this table is checked against (20,000 rounds; 4,000 for n = 32). */
  readonly reference: MeanLatencies
}

export interface LatencyRow extends LatencyCase {
  readonly found: MeanLatencies
  /** s of `bestFixedCode`. */
  readonly bestTolerance: number
}

const reference = (...figures: [number, number, number, number, number, number, number]): MeanLatencies => ({
  waitForAll: figures[0],
  bestFixedCode: figures[1],
  deepestFixedCode: figures[2],
  bestFractionalRepetition: figures[3],
  nestedCyclic: figures[4],
  nestedTree: figures[5],
  everyMessage: figures[6],
})

const speed = (b: number): TimeModel => ({ kind: 'speed', b })
const task = (b: number): TimeModel => ({ kind: 'task', b })
const bimodal = (p: number, f: number): TimeModel => ({ kind: 'bimodal', p, f })
const setup = (b: number): TimeModel => ({ kind: 'setup', b })
const dead = 1000

const entry = (n: number, name: string, model: TimeModel, figures: MeanLatencies): LatencyCase => ({
  name: `n = ${n}, ${name}`,
  n,
  model,
  reference: figures,
})

export const latencyCases: readonly LatencyCase[] = [
  entry(8, 'speed b = 0.5', speed(0.5), reference(0.294, 0.294, 0.721, 0.294, 0.292, 0.276, 0.276)),
  entry(8, 'speed b = 2', speed(2), reference(0.805, 0.805, 1.384, 0.771, 0.757, 0.564, 0.547)),
  entry(8, 'bimodal p = .1 f = 5', bimodal(0.1, 5), reference(0.418, 0.418, 0.522, 0.294, 0.241, 0.211, 0.211)),
  entry(8, 'bimodal p = .3 f = 10', bimodal(0.3, 10), reference(1.23, 1.23, 1.359, 0.562, 0.578, 0.34, 0.359)),
  entry(8, 'setup b = .3', setup(0.3), reference(0.936, 0.739, 0.764, 0.563, 0.665, 0.498, 0.486)),
  entry(16, 'speed b = 2', speed(2), reference(0.485, 0.485, 1.286, 0.464, 0.475, 0.325, 0.312)),
  entry(16, 'task b = 1', task(1), reference(0.273, 0.273, 0.995, 0.273, 0.268, 0.226, 0.224)),
  entry(16, 'bimodal p = .1 f = 5', bimodal(0.1, 5), reference(0.273, 0.273, 0.509, 0.168, 0.174, 0.126, 0.126)),
  entry(16, 'bimodal p = .1 dead', bimodal(0.1, dead), reference(52.5, 0.533, 0.533, 0.296, 0.181, 0.126, 0.126)),
  entry(16, 'setup b = .3', setup(0.3), reference(1.085, 0.702, 0.736, 0.406, 0.641, 0.372, 0.36)),
  entry(32, 'bimodal p = .1 f = 5', bimodal(0.1, 5), reference(0.159, 0.159, 0.507, 0.101, 0.13, 0.072, 0.072)),
  entry(32, 'bimodal p = .1 dead', bimodal(0.1, dead), reference(31.5, 0.442, 0.507, 0.156, 0.143, 0.073, 0.072)),
  entry(32, 'setup b = .3', setup(0.3), reference(1.26, 0.682, 0.721, 0.325, 0.637, 0.278, 0.266)),
]

export function latencyRow(row: LatencyCase, rounds: number, seed: number): LatencyRow {
  const { n, model } = row
  const sMax = n / 2 - 1
  const divisors = Array.from({ length: n / 2 }, (_, i) => i + 1).filter(size => n % size === 0)
  const fixed = new Float64Array(sMax + 1)
  const repeated = new Float64Array(divisors.length)
  const sum = { waitForAll: 0, nestedCyclic: 0, nestedTree: 0, everyMessage: 0 }
  for (let round = 0; round < rounds; round++) {
    const times = roundTimes(model, n, seed, round)
    fixedCodes(times, sMax).forEach((time, s) => {
      fixed[s] = fixed[s]! + time
    })
    divisors.forEach((size, i) => {
      repeated[i] = repeated[i]! + fractionalRepetition(times, size - 1)
    })
    sum.waitForAll += waitForAll(times)
    sum.nestedCyclic += nestedCyclic(times, sMax)
    sum.nestedTree += nestedTree(times, Math.log2(n / 2))
    sum.everyMessage += everyMessage(times, sMax)
  }
  const bestFixed = Math.min(...fixed)
  return {
    ...row,
    bestTolerance: fixed.indexOf(bestFixed),
    found: {
      waitForAll: sum.waitForAll / rounds,
      bestFixedCode: bestFixed / rounds,
      deepestFixedCode: fixed[sMax]! / rounds,
      bestFractionalRepetition: Math.min(...repeated) / rounds,
      nestedCyclic: sum.nestedCyclic / rounds,
      nestedTree: sum.nestedTree / rounds,
      everyMessage: sum.everyMessage / rounds,
    },
  }
}

/** The whole table; with `share` 1 as many rounds as the reference had. */
export const latencyTable = (seed: number, share: (name: string) => number = () => 1): LatencyRow[] =>
  latencyCases.map(row => latencyRow(row, Math.ceil((row.n < 32 ? 20_000 : 4000) * share(row.name)), seed))
