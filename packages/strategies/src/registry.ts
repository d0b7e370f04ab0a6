// Every policy by name, and the check of an operator's settings against what the policy says of itself.

import { adaptiveRepetition } from './adaptive-repetition.ts'
import { backupWorkers } from './backup-workers.ts'
import { cyclicRepetition } from './cyclic-repetition.ts'
import { elasticAveraging } from './elastic/elastic-averaging.ts'
import { fractionalRepetition } from './fractional-repetition.ts'
import { fullSynchrony } from './full-synchrony.ts'
import { mSynchronous } from './m-synchronous.ts'
import { nestedCyclic } from './nested-cyclic.ts'
import { nestedTree } from './nested-tree.ts'
import { dynamicBackupWorkers } from './peers/dynamic-backup-workers.ts'
import { speedProportional } from './speed-proportional.ts'
import {
  adaptiveBoundedStaleness,
  adasync,
  asynchronous,
  kAsynchronous,
  kSynchronous,
  localSgd,
  saAdasync,
  staleSynchronous,
} from './staleness/family.ts'
import type { SettingDescription, SettingValue, Strategy } from './strategy.ts'
import { tiled } from './tiled/tiled.ts'
import { timeout } from './timeout.ts'
import { workQueue } from './work-queue.ts'

export const strategies: readonly Strategy<never>[] = [
  tiled,
  adaptiveRepetition,
  nestedTree,
  nestedCyclic,
  fractionalRepetition,
  cyclicRepetition,
  fullSynchrony,
  timeout,
  speedProportional,
  workQueue,
  backupWorkers,
  mSynchronous,
  adaptiveBoundedStaleness,
  asynchronous,
  kSynchronous,
  kAsynchronous,
  staleSynchronous,
  adasync,
  saAdasync,
  localSgd,
  elasticAveraging,
  dynamicBackupWorkers,
].map(strategy => strategy as unknown as Strategy<never>)

export type StrategyChoice = string | ({ readonly name: string } & Readonly<Record<string, SettingValue>>)

export type ResolvedStrategy =
  | { readonly ok: true; readonly strategy: Strategy; readonly own: Readonly<Record<string, SettingValue>> }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Finds a policy and completes its settings. Problems name the field, its value and what is allowed. */
export function resolveStrategy(choice: StrategyChoice): ResolvedStrategy {
  const { name, ...given } = typeof choice === 'string' ? { name: choice } : choice
  const strategy = strategies.find(known => known.name === name) as unknown as Strategy | undefined
  if (!strategy) {
    const names = strategies.map(known => JSON.stringify(known.name)).join(', ')
    return { ok: false, problems: [`"strategy" is ${JSON.stringify(name)}; allowed: ${names}.`] }
  }
  const own: Record<string, SettingValue> = {}
  const names = strategy.settings.map(setting => JSON.stringify(setting.name)).join(', ')
  const problems = Object.keys(given)
    .filter(key => !strategy.settings.some(setting => setting.name === key))
    .map(key => `"strategy.${key}" is no setting of ${name}; allowed: ${names || 'none'}.`)
  for (const setting of strategy.settings) {
    const value = (given as Record<string, SettingValue>)[setting.name] ?? setting.default
    if (!isAllowed(setting, value))
      problems.push(`"strategy.${setting.name}" is ${JSON.stringify(value)}; allowed: ${allowedValues(setting)}.`)
    own[setting.name] = value
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, strategy, own }
}

const isAllowed = (setting: SettingDescription, value: SettingValue): boolean =>
  'options' in setting
    ? setting.options.some(option => option.value === value)
    : typeof value === 'number' &&
      value >= setting.min &&
      value <= setting.max &&
      (!setting.whole || Number.isInteger(value))

/** In words, for messages and help. */
export const allowedValues = (setting: SettingDescription): string =>
  'options' in setting
    ? setting.options.map(({ value }) => JSON.stringify(value)).join(', ')
    : `${setting.whole ? 'a whole number' : 'a number'} from ${setting.min} to ${setting.max}`
