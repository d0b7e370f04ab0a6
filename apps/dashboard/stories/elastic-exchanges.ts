// Made-up exchanges of elastic averaging: each tab descends a noisy bowl on its own and now and then meets the model.
// One is frozen for a while: what it held when it fell asleep is far from the model when it wakes.

import { noise } from './run-story.ts'

const size = 12
const start = 8
const alpha = 0.1
const scoreAtRest = 0.06
const scoreOfReset = 0.4
const frozenFrom = 130
const frozenUntil = 205
const leavesAt = 170

interface Told extends Record<string, number> {
  readonly distance: number
  readonly score: number
  readonly pull: number
  readonly push: number
}

export interface Exchange {
  readonly worker: number
  readonly told: Told
  readonly ms: number
  /** Of the run so far, by worker. */
  readonly exchanges: readonly number[]
  readonly resets: readonly number[]
  /** Each worker's last exchange. */
  readonly last: readonly (Told | null)[]
  readonly present: readonly number[]
}

interface Tab {
  x: number[]
  readonly paceMs: number
  nextAt: number
  readonly logs: number[]
}

/** The same every time; as many as are asked for, computed once. */
export function exchangesOf(workers: number): (round: number) => Exchange {
  const draw = (seed: number): number => noise(seed) + noise(seed + 0.37) + noise(seed + 0.71) - 1.5
  const tabs: Tab[] = Array.from({ length: workers }, (_, index) => ({
    x: Array.from({ length: size }, (_, at) => start + 1.4 * draw(index * 31 + at * 1.3)),
    paceMs: 260 + 190 * noise(index * 7 + 3),
    nextAt: 40 * index,
    logs: [],
  }))
  const sleeper = workers > 1 ? workers - 2 : -1
  const leaver = workers > 4 ? 3 : -1
  const model = new Array<number>(size).fill(start)
  const exchanges: Exchange[] = []
  let now = 0

  function next(): Exchange {
    const round = exchanges.length + 1
    const present = tabs.map((_, index) => index).filter(index => index !== leaver || round < leavesAt)
    const awake = present.filter(index => index !== sleeper || round < frozenFrom || round > frozenUntil)
    const worker = awake.reduce((first, index) => (tabs[index]!.nextAt < tabs[first]!.nextAt ? index : first))
    const tab = tabs[worker]!
    const isBack = tab.nextAt < now
    const ms = Math.max(12, tab.nextAt - now)
    now = Math.max(now, tab.nextAt)
    tab.nextAt = now + tab.paceMs * (0.8 + 0.4 * noise(round * 3))
    // Asleep, it took no steps.
    const steps = isBack && worker === sleeper ? 0 : 4
    for (let step = 0; step < steps; step += 1) {
      tab.x = tab.x.map((x, at) => x - 0.007 * x + 0.12 * draw(round * 97 + step * 13 + at * 1.7))
    }
    const distance = Math.hypot(...tab.x.map((x, at) => x - model[at]!))
    tab.logs.push(Math.log(Math.max(distance, 1e-3)))
    const score = scoreOf(tab.logs)
    const strength = Math.min(1, Math.max(0, (score - scoreAtRest) / (scoreOfReset - scoreAtRest)))
    const pull = alpha + (1 - alpha) * strength
    const push = alpha * (1 - strength)
    for (let at = 0; at < size; at += 1) {
      const gap = tab.x[at]! - model[at]!
      tab.x[at] = tab.x[at]! - pull * gap
      model[at] = model[at]! + push * gap
    }
    // Who has begun anew is judged anew.
    if (pull === 1) tab.logs.length = 0
    const told = { distance, score, pull, push }
    const before = exchanges.at(-1)
    const none = tabs.map(() => 0)
    const counted = (counts: readonly number[], by: number): number[] =>
      counts.map((count, index) => (index === worker ? count + by : count))
    const last = before?.last ?? tabs.map(() => null)
    return {
      ...{ worker, told, ms, present },
      exchanges: counted(before?.exchanges ?? none, 1),
      resets: counted(before?.resets ?? none, pull === 1 ? 1 : 0),
      last: last.map((one, index) => (index === worker ? told : one)),
    }
  }

  return round => {
    while (exchanges.length < round) exchanges.push(next())
    return exchanges[Math.max(1, round) - 1]!
  }
}

/** How its log-distance has changed from one exchange to the next, the last change counting most. */
function scoreOf(logs: readonly number[]): number {
  const weights = [0.4, 0.3, 0.2, 0.1]
  const newest = logs.length - 1
  // Of a tab that has just begun every distance is larger than the one before.
  if (newest < weights.length) return 0
  return weights.reduce((sum, weight, back) => {
    const to = logs[newest - back]
    const from = logs[newest - back - 1]
    return to === undefined || from === undefined ? sum : sum + weight * (to - from)
  }, 0)
}
