export { adaptiveRepetitionBy, type RedundancyRule } from './adaptive-repetition.ts'
export type { History, PastRound } from './redundancy.ts'
export { allowedValues, type ResolvedStrategy, resolveStrategy, type StrategyChoice, strategies } from './registry.ts'
export type {
  Measure,
  Moment,
  Panel,
  PanelFigure,
  RoundPromise,
  RoundReport,
  SettingDescription,
  SettingValue,
  Strategy,
  StrategyEffect,
  StrategyEvent,
  StrategyOccurrence,
  StrategySettings,
  Term,
  WorkerBelief,
  WorkerReport,
} from './strategy.ts'
export { readChoice, writeChoice } from './written-choice.ts'
