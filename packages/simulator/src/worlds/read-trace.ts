// Recorded hardship: how long workers took for several loads, or how long tabs stayed and at what pace they answered.
// The two layouts are told apart by their keys; whatever does not fit is named by its path.

import { median } from './median.ts'

/** Seconds from start to finish of a worker in a round, by load. */
export interface MeasuredTimes {
  readonly layout: 'measured-times'
  /** Shares of the batch, ascending, the first 0. */
  readonly loads: readonly number[]
  readonly rounds: number
  readonly workers: number
  /**
   * By round, worker and load. Loads were measured one after the other, so more work was sometimes done sooner: here
   * each is at least what came before it. Infinity from the first load on that was never answered.
   */
  readonly seconds: Float64Array
}

export interface TabSession {
  readonly seconds: number
  /** Its host's time between two answers, relative to the median host. */
  readonly slowness: number
}

export interface TabSessions {
  readonly layout: 'tab-sessions'
  readonly sessions: readonly TabSession[]
}

export type ParsedTrace = MeasuredTimes | TabSessions

/** @throws RangeError that names the offending field by its path. */
export function readTrace(json: unknown): ParsedTrace {
  if (isRecord(json) && isRecord(json.loads)) return readMeasuredTimes(json.loads)
  if (isRecord(json) && isRecord(json.experiments)) return readTabSessions(json.experiments)
  const keys = isRecord(json) ? Object.keys(json).map(key => JSON.stringify(key)) : []
  throw new RangeError(
    `the trace has ${keys.join(', ') || 'no keys'}; expected an object "loads" (seconds by load, round and worker) or "experiments" (hosts with their sessions)`,
  )
}

function readMeasuredTimes(byLoad: Readonly<Record<string, unknown>>): MeasuredTimes {
  const keys = Object.keys(byLoad).sort((a, b) => Number(a) - Number(b))
  for (const key of keys) {
    const isShare = key.trim() !== '' && Number(key) >= 0 && Number(key) < Number.POSITIVE_INFINITY
    if (!isShare) fail(`loads has the key ${JSON.stringify(key)}`, 'a share of the batch, 0 or more')
  }
  const loads = keys.map(Number)
  if (loads.length < 2 || loads[0] !== 0) fail(`loads has ${keys.join(', ') || 'no loads'}`, '0 and at least one more')
  const twice = loads.findIndex((load, i) => load === loads[i - 1])
  if (twice >= 0) fail(`loads has both ${keys[twice - 1]} and ${keys[twice]}`, 'each load once')

  const tables = keys.map(key => listAt(byLoad[key], `loads["${key}"]`))
  const rounds = tables[0]!.length
  const workers = listAt(tables[0]![0], `loads["${keys[0]}"][0]`).length
  const seconds = new Float64Array(rounds * workers * loads.length)
  for (const [i, key] of keys.entries()) {
    const table = `loads["${key}"]`
    if (tables[i]!.length !== rounds)
      fail(`${table} has ${tables[i]!.length} rounds`, `${rounds}, as for load ${keys[0]}`)
    for (let round = 0; round < rounds; round++) {
      const row = listAt(tables[i]![round], `${table}[${round}]`)
      if (row.length !== workers) fail(`${table}[${round}] has ${row.length} workers`, `${workers}, as elsewhere`)
      for (let worker = 0; worker < workers; worker++) {
        const at = (round * workers + worker) * loads.length + i
        const value = row[worker] === null ? Number.POSITIVE_INFINITY : row[worker]
        if (typeof value !== 'number' || !(value >= 0)) {
          fail(`${table}[${round}][${worker}] is ${JSON.stringify(value)}`, 'seconds or null')
        }
        seconds[at] = i === 0 ? value : Math.max(seconds[at - 1]!, value)
      }
    }
  }
  return { layout: 'measured-times', loads, rounds, workers, seconds }
}

function readTabSessions(experiments: Readonly<Record<string, unknown>>): TabSessions {
  const gaps: number[] = []
  const drawn: { readonly duration: number; readonly gap: number | null }[] = []
  for (const [name, hosts] of Object.entries(experiments)) {
    const path = `experiments[${JSON.stringify(name)}]`
    for (const [i, host] of listAt(hosts, path).entries()) {
      if (!isRecord(host)) fail(`${path}[${i}] is ${JSON.stringify(host)}`, 'a host')
      const { medianGapSeconds: gap, sessions } = host
      if (gap !== null && !(typeof gap === 'number' && gap > 0)) {
        fail(`${path}[${i}].medianGapSeconds is ${JSON.stringify(gap)}`, 'seconds above 0 or null')
      }
      if (gap !== null) gaps.push(gap)
      for (const [s, session] of listAt(sessions, `${path}[${i}].sessions`).entries()) {
        const at = `${path}[${i}].sessions[${s}]`
        const duration = listAt(session, at)[1]
        if (typeof duration !== 'number' || !(duration >= 0)) fail(`${at}[1] is ${JSON.stringify(duration)}`, 'seconds')
        drawn.push({ duration, gap })
      }
    }
  }
  if (drawn.length === 0) fail('experiments has no hosts', 'at least one experiment')
  const middle = gaps.length === 0 ? 1 : median(gaps)
  const sessions = drawn.map(({ duration, gap }) => ({
    // A tab that answered once was there for about as long as an answer takes.
    seconds: duration > 0 ? duration : (gap ?? 1),
    slowness: (gap ?? middle) / middle,
  }))
  return { layout: 'tab-sessions', sessions }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) fail(`${path} is ${JSON.stringify(value)}`, 'a list')
  if (value.length === 0) fail(`${path} is []`, 'at least one entry')
  return value
}

function fail(what: string, expected: string): never {
  throw new RangeError(`${what}; expected ${expected}`)
}
