// A run that looks like a real one: smooth curves with a little noise, the same every time.

import type { RunDescription } from '@muster/protocol'

const noise = (round: number): number => Math.sin(round * 12.9898) * 0.6 + Math.sin(round * 4.1414) * 0.4

export const lossAt = (round: number): number => 0.14 + 2.2 * Math.exp(-round / 24) + 0.03 * noise(round)
export const accuracyAt = (round: number): number => 0.968 - 0.87 * Math.exp(-round / 20) + 0.006 * noise(round)

export const storyRun: RunDescription = {
  id: 'story',
  title: 'Hand-drawn digits',
  for: 'anybody who wants to see many tabs train one model',
  seed: 7,
  model: 'MLP 784-128-10, tanh',
  graph: [],
  parameterCount: 101_770,
  dataset: {
    name: 'digits',
    title: 'Digits',
    inputShape: [28, 28, 1],
    classes: 10,
    trainingSamples: 20_000,
    partitions: [],
  },
  batchPerPartition: 32,
  augmentation: null,
  talksToPeers: false,
}
