// Strategies to choose from, as the coordinator would describe them: one of each promise, with settings of every kind.

import type { StrategyList } from '@muster/protocol'

export const storyStrategies: StrategyList = [
  {
    name: 'adaptive-repetition',
    meaning: 'Blocks that are predicted to end together, each to as many tabs as the last rounds would have needed.',
    promise: 'whole-gradient',
    settings: [
      { name: 'redundancyMin', meaning: 'Tabs to a block at least.', default: 1, min: 1, max: 64, whole: true },
      { name: 'redundancyMax', meaning: 'Tabs to a block at most.', default: 64, min: 1, max: 64, whole: true },
      {
        name: 'window',
        meaning: 'Rounds from which redundancy is chosen.',
        default: 20,
        min: 1,
        max: 1000,
        whole: true,
      },
    ],
  },
  {
    name: 'full-synchrony',
    meaning: 'Equal blocks; the round waits for everybody.',
    promise: 'whole-gradient',
    settings: [],
  },
  {
    name: 'backup-workers',
    meaning: 'Equal blocks; the round closes without the last answers. Approximate: they are left out.',
    promise: 'counted-gradients',
    settings: [{ name: 'b', meaning: 'Answers a round may close without.', default: 1, min: 0, max: 63, whole: true }],
  },
  {
    name: 'adaptive-bounded-staleness',
    meaning:
      'A round applies the first K results, K growing as the loss falls; whoever falls behind a bound starts anew from the new model.',
    promise: 'bounded-staleness',
    settings: [
      { name: 'k0', meaning: 'K₀: results a round waits for at first.', default: 4, min: 1, max: 512, whole: true },
      {
        name: 'rule',
        meaning: 'How the target K grows as the loss falls.',
        default: 'adasync',
        options: [
          { value: 'adasync', meaning: 'With the root of what the loss has fallen.' },
          { value: 'fixed', meaning: 'It does not.' },
        ],
      },
      {
        name: 'c',
        meaning: 'Staleness bound: ⌈c·workers/K⌉ updates, at least 1.',
        default: 2,
        min: 0,
        max: 1_000_000_000,
      },
      {
        name: 'starvedAfter',
        meaning: 'Restarts in a row after which a worker gets half the work; 0: never.',
        default: 2,
        min: 0,
        max: 100,
        whole: true,
      },
    ],
  },
  {
    name: 'elastic-averaging',
    meaning:
      'Tabs learn on parameters of their own, and every few steps each of them and the model are drawn toward each other; who comes back after a failure is drawn in and hardly heeded.',
    promise: 'elastic-exchange',
    settings: [
      {
        name: 'movingRate',
        meaning: 'α: how far model and tab are drawn toward each other when the tab is healthy.',
        default: 0.1,
        min: 0.001,
        max: 0.5,
      },
      {
        name: 'localSteps',
        meaning: 'τ: steps a tab takes on its own parameters between exchanges.',
        default: 4,
        min: 1,
        max: 64,
        whole: true,
      },
      {
        name: 'localOptimiser',
        meaning: 'How a tab steps, at the learning rate of the run; the optimiser of the run file has no other part.',
        default: 'sgd',
        options: [
          { value: 'sgd', meaning: 'Plain steps: EASGD.' },
          { value: 'momentum', meaning: 'Nesterov’s momentum: EAMSGD.' },
          { value: 'adam', meaning: 'Adam.' },
          {
            value: 'adahessian',
            meaning: 'AdaHessian, by the curvature along random directions: about two gradients’ work. EAHES.',
          },
        ],
      },
      {
        name: 'weights',
        meaning: 'How strongly a tab and the model pull at each other.',
        default: 'dynamic',
        options: [
          {
            value: 'dynamic',
            meaning:
              'By how the tab has drifted: one that comes back after a failure is drawn in and hardly moves the model.',
          },
          { value: 'fixed', meaning: 'By the moving rate, both ways.' },
        ],
      },
      {
        name: 'overlap',
        meaning: 'Share of the data that every tab holds; the rest is split among them.',
        default: 0.25,
        min: 0,
        max: 0.5,
      },
    ],
  },
]
