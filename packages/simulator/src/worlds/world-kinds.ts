// The worlds whose hardship is drawn: what each multiplies, adds or forbids in a round, with its parameters as data.
// Every draw comes from a stream that is keyed by tab and round, so the order in which tabs are asked does not matter.

import { type RandomStream, randomStream } from '@muster/numerics'
import type { RoundNumber } from '@muster/vocabulary'
import type { Occupant } from './world.ts'
import type { ParameterDescription, Values } from './world-parameters.ts'

/** Units of computing until this share of the batch is done, for one tab in one round. */
export type Pace = (load: number) => number

export interface Setting {
  readonly seed: number
  /** k and R of the run. */
  readonly partitions: number
  readonly rounds: number
}

export interface TabInRound {
  readonly tab: Occupant
  readonly round: RoundNumber
  /** Units for the whole batch, with the jitter of this round. */
  readonly batchTime: number
  readonly draw: RandomStream
}

export interface WorldKind<Name extends string = string> {
  readonly meaning: string
  readonly parameters: Readonly<Record<Name, ParameterDescription>>
  /** Mean of the exponential jitter where the operator says nothing. */
  readonly jitter: number
  /** What multiplies a tab's batch time for as long as it stays; absent: nothing. */
  persistentFactor?(values: Values<Name>, draw: RandomStream): number
  /** @throws RangeError when the parameters contradict each other. */
  prepare(values: Values<Name>, setting: Setting): (inRound: TabInRound) => Pace
}

/** z₀.₉: standard deviations from the median to the 90th percentile. */
export const ninetiethPercentile = 1.2815515655446004

/** The standard deviation of the logarithm that gives this ratio of the 90th to the 10th percentile. */
export const sigmaOf = (p90OverP10: number): number => Math.log(p90OverP10) / (2 * ninetiethPercentile)

export const steady =
  (batchTime: number): Pace =>
  load =>
    batchTime * load

const never: Pace = () => Number.POSITIVE_INFINITY

const define = <Name extends string>(kind: WorldKind<Name>): WorldKind<Name> => kind

/** A world that multiplies a tab's time by a number drawn per tab and round. */
const factorKind = <Name extends string>(
  meaning: string,
  parameters: Readonly<Record<Name, ParameterDescription>>,
  factor: (values: Values<Name>, draw: RandomStream) => number,
): WorldKind<Name> => ({
  meaning,
  parameters,
  jitter: 0.1,
  prepare:
    values =>
    ({ batchTime, draw }) =>
      steady(batchTime * factor(values, draw)),
})

const share = (meaning: string, usual: number): ParameterDescription => ({ meaning, default: usual, min: 0, max: 1 })
const mean = (meaning: string): ParameterDescription => ({ meaning, default: 1, min: 0, max: 1000 })
const slowness = (usual: number): ParameterDescription => ({
  meaning: 'how many times slower',
  default: usual,
  min: 1,
  max: 1000,
})

export const commonParameters = (jitter: number): Readonly<Record<string, ParameterDescription>> => ({
  j: { meaning: 'mean of the exponential jitter per tab and round', default: jitter, min: 0, max: 1000 },
  u: { meaning: 'half the width of a uniform jitter around 1 per tab and round', default: 0, min: 0, max: 0.99 },
})

const jitter = factorKind('Nothing but the jitter that every world has.', {}, () => 1)

const shiftedExponential = factorKind(
  'Each round a tab takes 1 plus an exponential number of times as long.',
  { b: mean('mean of the exponential') },
  ({ b }, draw) => 1 + b * draw.exponential(),
)

const exponentialSetup = define({
  meaning: 'Each round a tab starts computing only after an exponential time.',
  parameters: { b: mean('mean start-up time in units') },
  jitter: 0.1,
  prepare:
    ({ b }) =>
    ({ batchTime, draw }) => {
      const start = b * draw.exponential()
      return load => start + batchTime * load
    },
})

const pareto = factorKind(
  'Each round a tab takes a Pareto number of times as long, at least 1.',
  { a: { meaning: 'tail index', default: 1.5, min: 0.1, max: 100 } },
  ({ a }, draw) => (1 - draw.uniform()) ** (-1 / a),
)

const logNormal = factorKind(
  'Each round a tab takes a log-normal number of times as long, in the median 1.',
  { q: { meaning: 'ratio of the 90th to the 10th percentile', default: 4.5, min: 1, max: 1000 } },
  ({ q }, draw) => Math.exp(sigmaOf(q) * draw.normal()),
)

const bimodalSlow = factorKind(
  'Each round some tabs are several times slower.',
  { p: share('chance of being slow, per tab and round', 0.1), f: slowness(5) },
  ({ p, f }, draw) => (draw.uniform() < p ? f : 1),
)

const bimodalDead = define({
  meaning: 'Each round some tabs fall silent before computing anything and come back in the next.',
  parameters: { p: share('chance of falling silent, per tab and round', 0.1) },
  jitter: 0.1,
  prepare:
    ({ p }) =>
    ({ batchTime, draw }) =>
      draw.uniform() < p ? never : steady(batchTime),
})

const persistentSlow = define({
  meaning: 'Some tabs are several times slower for as long as they stay.',
  parameters: { p: share('chance that a tab is slow', 0.2), f: slowness(5) },
  jitter: 0.1,
  persistentFactor: ({ p, f }, draw) => (draw.uniform() < p ? f : 1),
  prepare:
    () =>
    ({ batchTime }) =>
      steady(batchTime),
})

const regimeSwitch = define({
  meaning: 'From one share of the rounds to another the same tabs are several times slower, before and after nobody.',
  parameters: {
    p: share('chance that a tab is slow in between', 0.2),
    f: slowness(5),
    from: share('share of the rounds before they slow down', 1 / 3),
    to: share('share of the rounds after which they recover', 2 / 3),
  },
  jitter: 0.1,
  prepare({ p, f, from, to }, { seed, rounds }) {
    if (from > to) throw new RangeError(`"regime-switch.from" is ${from}; allowed: at most "to", which is ${to}.`)
    return ({ tab, round, batchTime }) => {
      const isBetween = round >= from * rounds && round < to * rounds
      const isSlow = isBetween && randomStream(seed, 'regime', tab.seat, tab.generation).uniform() < p
      return steady(isSlow ? f * batchTime : batchTime)
    }
  },
})

const regimeMidRound = define({
  meaning: 'Tabs move between a fast and a slow state, in the middle of a round.',
  parameters: {
    p: share('share of the tabs that are slow at any time', 0.3),
    f: slowness(4),
    q: share('chance that a tab changes its state, per round', 0.05),
  },
  jitter: 0.1,
  prepare({ p, f, q }, { seed }) {
    const most = 2 * Math.min(p, 1 - p)
    if (q > most) {
      throw new RangeError(
        `"regime-mid-round.q" is ${q}; allowed: at most ${most}, so that a share of ${p} stays slow.`,
      )
    }
    // As many turn slow as turn fast, q in all: then the share of slow tabs stays p.
    const turnsFast = q === 0 ? 0 : q / (2 * p)
    const turnsSlow = q === 0 ? 0 : q / (2 * (1 - p))
    const chains = new Map<number, { readonly generation: number; readonly isSlow: boolean[] }>()

    /** Whether the tab is slow when the round begins: one chain per seat is kept, that of the latest occupant asked of. */
    function isSlowAt({ seat, generation }: Occupant, round: RoundNumber): boolean {
      let chain = chains.get(seat)
      if (chain?.generation !== generation) {
        chain = { generation, isSlow: [randomStream(seed, 'regime', seat, generation).uniform() < p] }
        chains.set(seat, chain)
      }
      const { isSlow } = chain
      for (let r = isSlow.length; r <= round; r++) {
        const last = isSlow[r - 1]!
        isSlow.push(last !== isTurning(seat, generation, r - 1, last))
      }
      return isSlow[round]!
    }

    const isTurning = (seat: number, generation: number, round: RoundNumber, isSlow: boolean): boolean =>
      randomStream(seed, 'turn', seat, generation, round).uniform() < (isSlow ? turnsFast : turnsSlow)

    return ({ tab, round, batchTime, draw }) => {
      const isSlow = isSlowAt(tab, round)
      const before = isSlow ? f * batchTime : batchTime
      if (!isTurning(tab.seat, tab.generation, round, isSlow)) return steady(before)
      const after = isSlow ? batchTime : f * batchTime
      // Its work is about what a tab of its speed does in one unit: the switch falls uniformly into that.
      const turn = draw.uniform() / batchTime
      return load => before * Math.min(load, turn) + after * Math.max(0, load - turn)
    }
  },
})

const task = define({
  meaning: 'Each partition takes a tab 1 plus an exponential number of times as long, drawn for each anew.',
  parameters: { b: mean('mean of the exponential') },
  jitter: 0,
  prepare:
    ({ b }, { partitions }) =>
    ({ batchTime, draw }) => {
      const perPartition = batchTime / partitions
      // Ends of the partitions drawn so far; a tab rarely computes more than a few of them.
      const ends = [0]
      return load => {
        const position = load * partitions
        const whole = Math.floor(position)
        while (ends.length < whole + 2) ends.push(ends[ends.length - 1]! + perPartition * (1 + b * draw.exponential()))
        const start = ends[whole]!
        return start + (position - whole) * (ends[whole + 1]! - start)
      }
    },
})

/** By name, in the order in which help lists them. */
export const drawnKinds: Readonly<Record<string, WorldKind>> = {
  jitter,
  'shifted-exponential': shiftedExponential,
  'exponential-setup': exponentialSetup,
  pareto,
  'log-normal': logNormal,
  'bimodal-slow': bimodalSlow,
  'bimodal-dead': bimodalDead,
  'persistent-slow': persistentSlow,
  'regime-switch': regimeSwitch,
  'regime-mid-round': regimeMidRound,
  task,
}
