// What coordinator and peers really say, in a run of both machines on a network that loses, doubles and delays, fits the
// wire: its schemas and its sizes.

import {
  type EstimateLease,
  type PeerEffect,
  type PeerEvent,
  type PeerMachine,
  type RunEvent,
  standingOf,
  startPeer,
  startRun,
  stepPeer,
  stepRun,
} from '@muster/engine'
import { randomStream } from '@muster/numerics'
import { convene, estimateName, limits, peerReport, peerWord, relay } from '@muster/protocol'
import { resolveStrategy } from '@muster/strategies'
import {
  type ConvenerWord,
  connectionEpoch,
  type EstimateName,
  type PeerReport,
  type PeerWord,
  resultHandle,
  type WorkerId,
  workerId,
} from '@muster/vocabulary'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'

interface Said {
  readonly words: PeerWord[]
  readonly convened: ConvenerWord[]
  readonly reports: PeerReport[]
  readonly estimates: EstimateName[]
  /** That were closed. */
  rounds: number
}

type Bare<Event> = Event extends { at: number } ? Omit<Event, 'at'> : never
type Due = { readonly at: number; readonly act: () => void }

/** Both machines in virtual time; estimates are never seen, only named. */
function listen(names: readonly string[], settings: object, seed: number, untilMs: number): Said {
  const said: Said = { words: [], convened: [], reports: [], estimates: [], rounds: 0 }
  const resolved = resolveStrategy({ name: 'dynamic-backup-workers', every: 3, ...settings })
  if (!resolved.ok) throw new Error(resolved.problems.join(' '))
  const draw = randomStream('peer-words', seed)
  const due: Due[] = []
  const peers = new Map(names.map(name => [name, startPeer(name)]))
  const steps = new Map<string, number>()
  const timers = new Map<string, number>()
  let now = 0
  let handles = 0
  let run = startRun(
    {
      ...{ partitions: 4 * names.length, batchPerPartition: 1, segments: 1, evaluateEvery: 1e9 },
      ...{ leaseMs: 20_000, roundsEnd: null, testAccuracyEnd: null },
    },
    resolved,
    { round: 0, modelVersion: 0, learningRate: 0.1 },
  )
  const later = (after: number, act: () => void) => void due.push({ at: now + after, act })
  const delay = () => 20 * draw.exponential()

  function tellRun(event: Bare<RunEvent>): void {
    const [next, effects] = stepRun(run, { ...event, at: now } as RunEvent)
    run = next
    for (const effect of effects) {
      if (effect.type === 'send-word') {
        said.convened.push(effect.word)
        later(5, () => tellPeer(effect.worker, { type: 'told', word: effect.word }))
      } else if (effect.type === 'send-work') {
        const lease: EstimateLease = { lease: effect.lease, ...effect.work.estimate! }
        later(5, () => tellPeer(effect.worker, { type: 'estimate-asked', lease, rate: effect.learningRate }))
      } else if (effect.type === 'set-timer') {
        timers.set(effect.timer, effect.at)
        later(effect.at - now, () => {
          if (timers.get(effect.timer) === now) tellRun({ type: 'timer-fired', timer: effect.timer })
        })
      } else if (effect.type === 'apply-combination') {
        const modelVersion = effect.modelVersion + 1
        later(1, () => tellRun({ type: 'combination-applied', modelVersion, gradientNorm: null, distances: {} }))
      }
    }
  }

  function tellPeer(name: string, event: Bare<PeerEvent>): void {
    const [next, effects] = stepPeer(peers.get(name)!, { ...event, at: now } as PeerEvent)
    peers.set(name, next)
    for (const effect of effects) perform(name, next, effect)
  }

  function send(to: string, event: Bare<PeerEvent>): void {
    const copies = draw.uniform() < 0.05 ? 0 : draw.uniform() < 0.1 ? 2 : 1
    for (let i = 0; i < copies; i++) later(delay(), () => tellPeer(to, event))
  }

  function perform(name: string, { stepMs }: PeerMachine, effect: PeerEffect): void {
    const [worker, connection] = [workerId(name), connectionEpoch(1)]
    switch (effect.type) {
      case 'say':
        said.words.push(effect.word)
        for (const to of effect.to) send(to, { type: 'heard', from: name, word: effect.word })
        return
      case 'send-estimate':
        said.estimates.push(effect.estimate)
        for (const to of effect.to) send(to, { type: 'estimate-arrived', from: name, estimate: effect.estimate })
        return
      case 'report':
        said.reports.push(effect.report)
        return later(5, () => tellRun({ type: 'peer-told', worker, connection, report: effect.report }))
      case 'compute-step': {
        const step = (steps.get(name) ?? 0) + 1
        steps.set(name, step)
        const ms = 50 + 100 * draw.exponential()
        return later(ms, () => {
          if (steps.get(name) === step) tellPeer(name, { type: 'step-computed', ms })
        })
      }
      case 'abandon-step':
        steps.set(name, (steps.get(name) ?? 0) + 1)
        return
      case 'load-model':
        return later(1, () => tellPeer(name, { type: 'model-loaded' }))
      case 'set-timer':
        return later(effect.at - now, () => tellPeer(name, { type: 'timer-fired' }))
      case 'answer-lease':
      case 'end-lease': {
        const lease = run.leases.find(other => other.lease === effect.lease)
        if (!lease) return
        const finished = effect.type === 'answer-lease' ? lease.work.partitions.length : 0
        const [covers, computeMs] = [finished, stepMs ?? 1]
        if (finished === 0)
          return later(5, () =>
            tellRun({
              type: 'progress-announced',
              ...{ worker, connection, lease: lease.lease, finished, computeMs },
              ended: true,
            }),
          )
        const { round, modelVersion } = lease
        const claim = {
          worker,
          connection,
          lease: lease.lease,
          round,
          modelVersion,
          covers,
          segment: null,
          samples: covers,
          lossSum: 1,
          computeMs,
        }
        return later(5, () =>
          tellRun({ type: 'result-held', claim, handle: resultHandle(`${++handles}`), isFinite: true }),
        )
      }
    }
  }

  const connect = (name: string) => {
    const capabilities = { backend: 'cpu', msPerPartition: 10, deviceShare: 1 } as const
    tellRun({ type: 'worker-connected', worker: workerId(name), connection: connectionEpoch(1), capabilities })
    const standing = standingOf(peers.get(name)!)
    said.reports.push(standing)
    tellRun({ type: 'peer-told', worker: workerId(name), connection: connectionEpoch(1), report: standing })
  }
  names.forEach((name, i) => {
    // The last one comes when the others have learnt something, and the first one goes.
    later(i === names.length - 1 ? untilMs / 3 : 0, () => connect(name))
  })
  const first = names[0] as WorkerId
  later((2 * untilMs) / 3, () =>
    tellRun({ type: 'worker-departed', worker: first, connection: connectionEpoch(1), reason: 'closed' }),
  )
  while (due.length > 0) {
    const next = due.reduce((one, other) => (other.at < one.at ? other : one))
    if (next.at > untilMs) break
    due.splice(due.indexOf(next), 1)
    now = next.at
    next.act()
  }
  said.rounds = run.round
  return said
}

const named = (n: number) => Array.from({ length: n }, (_, i) => `tab-${i}`)
/** As it comes out of the network. */
const carried = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

let said: Said
beforeAll(() => {
  const runs = ['peers', 'coordinator'].map((decider, i) => listen(named(5), { decider, patienceMs: 200 }, i, 20_000))
  said = {
    words: runs.flatMap(({ words }) => words),
    convened: runs.flatMap(({ convened }) => convened),
    reports: runs.flatMap(({ reports }) => reports),
    estimates: runs.flatMap(({ estimates }) => estimates),
    rounds: Math.min(...runs.map(({ rounds }) => rounds)),
  }
})

describe('what is really said', () => {
  test('of every kind, and all of it fits its schema and comes back as it was', () => {
    const kinds = (of: readonly { readonly type: string }[]) => [...new Set(of.map(({ type }) => type))].sort()
    expect(said.rounds).toBeGreaterThan(5)
    expect(kinds(said.words)).toEqual([
      'asked-again',
      'edge-decided',
      'epoch-known',
      'estimate-gone',
      'estimate-wanted',
      'iteration-over',
      'step-finished',
    ])
    expect(kinds(said.convened)).toEqual(['arranged', 'iteration-decided'])
    expect(kinds(said.reports)).toEqual(['iterations-told', 'standing', 'step-finished'])
    expect(new Set(said.estimates.map(({ purpose }) => purpose))).toEqual(new Set(['mix', 'start']))
    for (const word of said.words) expect(peerWord.parse(carried(word))).toEqual(word)
    for (const word of said.convened) expect(convene.parse(carried(word))).toEqual(word)
    for (const report of said.reports) expect(peerReport.parse(carried(report))).toEqual(report)
    for (const estimate of said.estimates) expect(estimateName.parse(carried(estimate))).toEqual(estimate)
  })

  /** Every place in a plain record, as the way to it. */
  function placesOf(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
    if (Array.isArray(value)) return [way, ...value.flatMap((one, i) => placesOf(one, [...way, i]))]
    if (typeof value !== 'object' || value === null) return [way]
    return [way, ...Object.entries(value).flatMap(([key, one]) => placesOf(one, [...way, key]))]
  }

  function changed(
    value: unknown,
    [key, ...rest]: readonly (string | number)[],
    to: (old: unknown) => unknown,
  ): unknown {
    if (key === undefined) return to(value)
    if (Array.isArray(value)) return value.map((one, i) => (i === key ? changed(one, rest, to) : one))
    const record = value as Record<string, unknown>
    return { ...record, [key]: changed(record[key], rest, to) }
  }

  /** Of another type than it was. */
  const othersThan = (old: unknown): unknown[] => {
    const kindOf = (value: unknown) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)
    return [{}, [{}], 'a b', -1, 0.5 + 2 ** 40, true, undefined].filter(value => kindOf(value) !== kindOf(old))
  }

  test('whatever part of it is of another type, it is refused', () => {
    const one = (kind: 'words' | 'convened' | 'reports', schema: { safeParse(value: unknown): { success: boolean } }) =>
      fc.assert(
        fc.property(fc.nat(), fc.nat(), fc.nat(), (which, where, how) => {
          const value = said[kind][which % said[kind].length]!
          const places = placesOf(value)
          const broken = changed(value, places[where % places.length]!, old => {
            // Of nobody's estimate there is no number of iterations: null is one of its values, and no number the other.
            const others = othersThan(old).filter(other => other !== null)
            return others[how % others.length]
          })
          expect(schema.safeParse(broken).success, JSON.stringify(broken)).toBe(false)
        }),
        { numRuns: 400 },
      )
    one('words', peerWord)
    one('convened', convene)
    one('reports', peerReport)
  })
})

describe('sizes', () => {
  const long = Array.from({ length: 64 }, (_, i) => `${i}`.padStart(limits.idCharactersMax, 'n'))

  test('64 peers of the longest names: what each says and is told stays below the limit of a message', () => {
    const { words, reports, convened } = listen(long, { degree: 4, patienceMs: 60_000 }, 1, 2500)
    const longest = (of: readonly unknown[]) => Math.max(...of.map(one => JSON.stringify(one).length))
    expect(convened.length).toBeGreaterThan(63)
    for (const of of [words, reports, convened]) expect(longest(of)).toBeLessThan(limits.controlMessageBytesMax)
    // As it goes through the coordinator, to as many as there may be.
    const everybody = Array.from({ length: limits.workersMax }, (_, i) => `${i}`.padStart(limits.idCharactersMax, 'n'))
    const most = words.reduce((one, other) => (longest([other]) > longest([one]) ? other : one))
    const relayed = { to: everybody, item: { word: most } }
    expect(relay.safeParse(relayed).success).toBe(true)
    expect(JSON.stringify(relayed).length).toBeLessThan(limits.controlMessageBytesMax)
    const links = { type: 'links-told', direct: everybody, relayed: [] }
    expect(peerReport.safeParse(links).success).toBe(true)
    expect(JSON.stringify(links).length).toBeLessThan(limits.controlMessageBytesMax)
  })

  test('one iteration of a peer with 64 neighbours, and with as many as there may be, fits a message', () => {
    for (const neighbours of [64, limits.workersMax - 1]) {
      const names = Array.from({ length: neighbours }, (_, i) => `${i}`.padStart(limits.idCharactersMax, 'n'))
      const weights = Object.fromEntries(names.map(name => [name, 1 / (neighbours + 2)]))
      const told = [{ generation: 1, iteration: 2 ** 31, ms: 1 / 3, isFinished: true, weights, isTorn: false }]
      const report = { type: 'iterations-told', told }
      expect(peerReport.safeParse(report).success).toBe(true)
      expect(JSON.stringify(report).length).toBeLessThan(limits.controlMessageBytesMax)
    }
  })
})
