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
      'Each tab trains a model of its own and exchanges with the run’s now and then; one that has drifted away is pulled back and heard less.',
    promise: 'elastic-exchange',
    settings: [
      {
        name: 'movingRate',
        meaning: 'α: how far the two models of an exchange move toward each other.',
        default: 0.1,
        min: 0.001,
        max: 1,
      },
      {
        name: 'localSteps',
        meaning: 'Steps of a tab between its exchanges.',
        default: 4,
        min: 1,
        max: 1000,
        whole: true,
      },
      {
        name: 'localOptimiser',
        meaning: 'How a tab steps on its own model.',
        default: 'momentum',
        options: [
          { value: 'sgd', meaning: 'Down the gradient.' },
          { value: 'momentum', meaning: 'With Nesterov’s momentum.' },
          { value: 'adam', meaning: 'Each coordinate by the size of its gradients.' },
          { value: 'adahessian', meaning: 'Each coordinate by its curvature.' },
        ],
      },
      {
        name: 'weights',
        meaning: 'How strong pull and push of an exchange are.',
        default: 'dynamic',
        options: [
          { value: 'dynamic', meaning: 'By whether the tab has been drifting away.' },
          { value: 'fixed', meaning: 'Always α.' },
        ],
      },
      { name: 'overlap', meaning: 'Share of the data that all tabs hold.', default: 0.25, min: 0, max: 1 },
    ],
  },
]
