// Elastic averaging, asynchronous (Zhang, Choromanska and LeCun 2015), with the dynamic weights of arXiv 2409.09242: tabs
// learn on parameters of their own, and every τ steps each of them and the model are drawn toward each other. By its
// settings it is each of the published variants:
//   EASGD    sgd, fixed weights, no overlap         EAMSGD    momentum, fixed, no overlap
//   EAHES    adahessian, fixed, no overlap          EAHES-O   adahessian, fixed, overlap
//   DEAHES-O adahessian, dynamic, overlap

import type { LocalOptimiser, Milliseconds } from '@muster/vocabulary'
import { absorbStanding } from '../absorb-standing.ts'
import { choiceSetting, numberSetting, wholeSetting } from '../described-settings.ts'
import { isMissing } from '../presence.ts'
import { nextWakeAt, standingBeliefs, startStanding } from '../standing.ts'
import type { SettingDescription, SettingValue, Strategy, StrategyEffect } from '../strategy.ts'
import { wake } from '../wake.ts'
import { elasticPanel, seatFigures } from './elastic-report.ts'
import type { ElasticRules, ElasticState } from './elastic-state.ts'
import { elasticWays } from './elastic-ways.ts'
import { exchangeFirst, giveWork } from './exchange.ts'

const settings: readonly SettingDescription[] = [
  numberSetting(
    'movingRate',
    'α: how far model and tab are drawn toward each other when the tab is healthy.',
    0.1,
    0.001,
    0.5,
  ),
  wholeSetting('localSteps', 'τ: steps a tab takes on its own parameters between exchanges.', 4, 1, 64),
  choiceSetting(
    'localOptimiser',
    'How a tab steps, at the learning rate of the run; the optimiser of the run file has no other part.',
    ['sgd', 'Plain steps: EASGD.'],
    ['momentum', 'Nesterov’s momentum: EAMSGD.'],
    ['adam', 'Adam.'],
    ['adahessian', 'AdaHessian, by the curvature along random directions: about two gradients’ work. EAHES.'],
  ),
  numberSetting('momentum', 'Decay of the local momentum.', 0.5, 0, 0.99),
  choiceSetting(
    'averaging',
    'AdaHessian: which weights share the mean of their curvatures.',
    ['convolutions', 'Those of a kernel, over its extent in space.'],
    ['convolutions-and-rows', 'Those of a dense layer too, over the inputs of one output.'],
  ),
  choiceSetting(
    'product',
    'AdaHessian: how curvature is taken.',
    ['exact', 'Exactly, for every model.'],
    ['central-differences', 'From differences of gradients: an approximation, slower, for smooth activations only.'],
  ),
  choiceSetting(
    'weights',
    'How strongly a tab and the model pull at each other.',
    [
      'dynamic',
      'By how the tab has drifted: one that comes back after a failure is drawn in and hardly moves the model.',
    ],
    ['fixed', 'By the moving rate, both ways.'],
  ),
  wholeSetting('memory', 'p: exchanges that a tab’s score looks back on.', 4, 1, 16),
  numberSetting(
    'deadZone',
    'δ₀: a score up to it is healthy. Smaller ones take the noise of batches for failures.',
    0.2,
    0,
    10,
  ),
  numberSetting('range', 'κ: with a score of δ₀ + κ a tab has failed, and is taken back to the model.', 0.5, 0.01, 10),
  wholeSetting('warmUp', 'Exchanges of a tab before its score counts.', 6, 0, 1000),
  choiceSetting(
    'comparison',
    'What a tab’s score is compared with.',
    ['median', 'The median of the others’ scores: what all do is no failure.'],
    ['none', 'Nothing.'],
  ),
  choiceSetting(
    'afterReset',
    'What becomes of the distances of a tab that was taken back to the model.',
    ['forget', 'They are forgotten: the fall to nothing would hide the next failure.'],
    ['keep', 'They are kept.'],
  ),
  numberSetting('overlap', 'Share of the data that every tab holds; the rest is split among them.', 0.25, 0, 0.5),
  wholeSetting('partitionsPerStep', 'Partitions of one step.', 1, 1, 512),
]

function rulesOf(own: Readonly<Record<string, SettingValue>>): ElasticRules {
  return {
    movingRate: Number(own.movingRate),
    weights: own.weights as ElasticRules['weights'],
    memory: Number(own.memory),
    deadZone: Number(own.deadZone),
    range: Number(own.range),
    localSteps: Number(own.localSteps),
    optimiser: {
      kind: own.localOptimiser as LocalOptimiser['kind'],
      momentum: Number(own.momentum),
      averaging: own.averaging as LocalOptimiser['averaging'],
      product: own.product as LocalOptimiser['product'],
    },
    warmUp: Number(own.warmUp),
    comparison: own.comparison as ElasticRules['comparison'],
    afterReset: own.afterReset as ElasticRules['afterReset'],
    overlap: Number(own.overlap),
    partitionsPerStep: Number(own.partitionsPerStep),
  }
}

export const elasticAveraging: Strategy<ElasticState> = {
  name: 'elastic-averaging',
  meaning:
    'Tabs learn on parameters of their own, and every few steps each of them and the model are drawn toward each other; who comes back after a failure is drawn in and hardly heeded.',
  promise: 'elastic-exchange',
  settings,
  measures: ['distance-to-model'],
  needsSmoothModel: ({ localOptimiser, product }) =>
    localOptimiser === 'adahessian' && product === 'central-differences',
  start: given => ({ ...startStanding(given), exchanges: 0, lost: 0, resets: 0 }),
  step(state, event) {
    const effects: StrategyEffect[] = []
    const rules = rulesOf(state.settings.own)
    let next = absorbStanding(elasticWays, state, event, effects)
    if (!next.isPaused && !next.isApplying)
      next =
        next.arrived.length > 0
          ? exchangeFirst(rules, next, event.at, effects)
          : giveIdleWork(rules, next, event.at, effects)
    return [wake(next, nextWakeAt(next, event.at), effects), effects]
  },
  beliefs: (state, at) => standingBeliefs(state, at, seatFigures),
  panel: elasticPanel,
}

/** Who has none goes on from where it is: it is new, or its last exchange failed. */
function giveIdleWork(
  rules: ElasticRules,
  state: ElasticState,
  at: Milliseconds,
  effects: StrategyEffect[],
): ElasticState {
  return state.seats.reduce((next, seat, i) => {
    if (seat.lease !== null || seat.restsUntil > at || isMissing(state.fleet[i]!, at, state.settings.leaseMs))
      return next
    return giveWork(rules, next, next.seats[i]!, 0, at, effects)
  }, state)
}
