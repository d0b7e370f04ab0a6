export { adaptiveRepetitionBy, type RedundancyRule } from './adaptive-repetition.ts'
export { type Edge, edgeKey, edgeOf, type Graph, randomGraphByChance, spanningTree } from './peers/graph.ts'
export { metropolisWeight } from './peers/metropolis.ts'
export { peerFinished, startThreshold } from './peers/threshold-rule.ts'
export type { History, PastRound } from './redundancy.ts'
export { allowedValues, type ResolvedStrategy, resolveStrategy, type StrategyChoice, strategies } from './registry.ts'
export {
  type Combine,
  type Measure,
  type Moment,
  outlivesRounds,
  type Panel,
  type PanelFigure,
  type PeerPicture,
  type PictureEdge,
  type RoundPromise,
  type RoundReport,
  type SettingDescription,
  type SettingValue,
  type Strategy,
  type StrategyEffect,
  type StrategyEvent,
  type StrategyOccurrence,
  type StrategySettings,
  type Term,
  type TilesTold,
  type WorkerBelief,
  type WorkerReport,
} from './strategy.ts'
export { readChoice, writeChoice } from './written-choice.ts'
