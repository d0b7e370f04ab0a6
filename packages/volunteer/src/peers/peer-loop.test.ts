import type { WorkItem } from '@muster/engine'
import { relativeError } from '@muster/parameters'
import {
  convene,
  decodeEstimateFrame,
  decodeResultFrame,
  heard as heardSchema,
  peerReport,
  type ResultFrame,
  type RunDescription,
  relay as relaySchema,
} from '@muster/protocol'
import {
  type Arrangement,
  type ConvenerWord,
  type EstimateName,
  leaseId,
  type PeerEdge,
  type PeerReport,
  type PeerRules,
} from '@muster/vocabulary'
import {
  createGradientComputer,
  evaluate,
  type GradientComputer,
  graphOf,
  initialParameters,
  makeDigits,
  networkOf,
  partitionRange,
  roundSamples,
  type Samples,
  sliceSamples,
  startBackend,
} from '@muster/workloads'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryLinks } from './memory-links.ts'
import { createPeerLoop, type PeerLoop, type PeerLoopChange, type PeerLoopPorts } from './peer-loop.ts'

const digits = makeDigits({ seed: 3, trainCount: 80, testCount: 1 })
const network = networkOf({ kind: 'softmax-regression' }, digits)
const run: RunDescription = {
  id: 'r',
  title: 'T',
  for: '',
  seed: 5,
  model: 'softmax regression',
  graph: graphOf(network) as RunDescription['graph'],
  parameterCount: 7850,
  dataset: {
    name: 'digits',
    title: 'D',
    inputShape: [28, 28],
    classes: 10,
    trainingSamples: 80,
    partitions: ['0', '1', '2', '3'],
  },
  batchPerPartition: 4,
  optimiser: { kind: 'sgd', learningRate: 0.1 },
  augmentation: null,
  talksToPeers: true,
}
const model = initialParameters(network, 1)
const rate = 0.5
const part = (j: number): Samples => {
  const { from, to } = partitionRange(80, 4, j)
  return sliceSamples(digits.train, from, to)
}

let computers: readonly GradientComputer[]
let judge: GradientComputer
beforeAll(async () => {
  await startBackend({ prefer: 'cpu' })
  computers = ['a', 'b', 'c'].map(() => createGradientComputer(network))
  judge = createGradientComputer(network)
})

const names = ['a', 'b', 'c']
/** Of whose data a peer's share is. */
const shards: Readonly<Record<string, readonly number[]>> = { a: [0, 3], b: [1], c: [2] }
const path: readonly PeerEdge[] = [
  ['a', 'b'],
  ['b', 'c'],
]

/** w̃ = w − η · the mean gradient over the peer's share, by hand. */
async function stepped(w: Float32Array, peer: string, draw: number): Promise<Float32Array> {
  judge.loadParameters(w)
  const sum = judge.newSum()
  for (const j of shards[peer]!) await sum.add(roundSamples({ ...run, inputShape: [28, 28] }, part(j), draw, j))
  const { gradient, samples } = await sum.read()
  sum.dispose()
  return w.map((value, i) => value - (rate * gradient[i]!) / samples)
}

type Rows = Readonly<Record<string, Readonly<Record<string, number>>>>
/** Metropolis weights of a path of three, and of two, by hand. */
const ofThree: Rows = {
  a: { a: 2 / 3, b: 1 / 3 },
  b: { a: 1 / 3, b: 1 / 3, c: 1 / 3 },
  c: { b: 1 / 3, c: 2 / 3 },
}
const ofTwo: Rows = { a: { a: 1 / 2, b: 1 / 2 }, b: { a: 1 / 2, b: 1 / 2 } }

const sumOf = (row: Readonly<Record<string, number>>, of: ReadonlyMap<string, Float32Array>) =>
  model.map((_, i) => Object.entries(row).reduce((sum, [peer, weight]) => sum + weight * of.get(peer)![i]!, 0))

/** An iteration of all, by the plain formula. */
async function iterate(
  before: ReadonlyMap<string, Float32Array>,
  rows: Rows,
  draw: number,
  order: PeerRules['order'] = 'ATC',
): Promise<Map<string, Float32Array>> {
  const after = new Map<string, Float32Array>()
  for (const peer of Object.keys(rows)) after.set(peer, await stepped(before.get(peer)!, peer, draw))
  const mixed = Object.entries(rows).map(([peer, row]): [string, Float32Array] => {
    if (order === 'ATC') return [peer, sumOf(row, after)]
    const own = before.get(peer)!
    return [peer, sumOf(row, before).map((value, i) => value + after.get(peer)![i]! - own[i]!)]
  })
  return new Map(mixed)
}

const allBegin = (peers: readonly string[]) => new Map(peers.map(peer => [peer, model]))

/** Peers of one process; what goes through the coordinator is checked as it would be there. */
function stage(peers: readonly string[], changes: Partial<PeerLoopPorts> = {}) {
  const links = createMemoryLinks(true)
  const loops = new Map<string, PeerLoop>()
  const estimates = new Map<string, Uint8Array>()
  const reports: { from: string; report: PeerReport }[] = []
  const relayed: { from: string; to: readonly string[] }[] = []
  const answers: { from: string; frame: ResultFrame }[] = []
  const announced: { from: string; lease: number; finished: number; ended: boolean }[] = []
  const happened: PeerLoopChange[] = []
  const isAway = new Set<string>()
  const nameOf = (from: string, { generation, iteration, purpose }: Omit<EstimateName, 'degree'>) =>
    `${from} ${generation} ${iteration} ${purpose}`
  let leases = 0
  let generation = 0

  peers.forEach((self, i) => {
    const loop = createPeerLoop({
      run,
      self,
      computer: computers[i]!,
      partitions: { get: hash => Promise.resolve(part(Number(hash))) },
      msPerBatch: 1,
      share: () => 1,
      iceServers: [],
      openDirectLinks: links.open,
      fetchParameters: async () => model,
      relay(to, item) {
        relayed.push({ from: self, to })
        const said = relaySchema.parse(JSON.parse(JSON.stringify({ to, item })))
        setImmediate(() => {
          for (const name of said.to) {
            if (isAway.has(self) || isAway.has(name)) continue
            const word = heardSchema.parse({ from: self, item: said.item })
            loops.get(name)?.heard(word.from, word.item)
          }
        })
      },
      async postEstimate(frame) {
        const posted = decodeEstimateFrame(frame, run.parameterCount)
        if (typeof posted === 'string') return false
        estimates.set(nameOf(self, posted.estimate), frame)
        return true
      },
      fetchEstimate: async (from, name) => estimates.get(nameOf(from, name)) ?? null,
      async postResult(bytes) {
        answers.push({ from: self, frame: decodeResultFrame(bytes) as ResultFrame })
        return true
      },
      announce: message => void announced.push({ from: self, ...message }),
      report: report => void reports.push({ from: self, report: peerReport.parse(JSON.parse(JSON.stringify(report))) }),
      onParametersReplaced: () => {},
      onChange: change => void happened.push(change),
      ...changes,
    })
    loops.set(self, loop)
    open.push(loop)
  })

  const tell = (peer: string, word: ConvenerWord) =>
    loops.get(peer)!.told(convene.parse(JSON.parse(JSON.stringify(word))))

  const theStage = {
    links,
    loops,
    reports,
    relayed,
    answers,
    announced,
    happened,
    isAway,
    of: (peer: string) => loops.get(peer)!,
    /** A new arrangement of these peers along the path. */
    arrange(of: readonly string[], rules: Partial<PeerRules> = {}, more: Partial<Arrangement> = {}): void {
      generation++
      for (const peer of of)
        tell(peer, {
          type: 'arranged',
          generation,
          peers: of,
          edges: path.filter(edge => edge.every(end => of.includes(end))),
          partitions: shards[peer]!,
          iterationsBefore: 0,
          keepsEstimate: true,
          sources: [],
          rules: {
            decider: 'coordinator',
            unfinished: 'carry-over',
            order: 'ATC',
            links: 'direct',
            patienceMs: 1e6,
            heartBeatMs: 1e6,
            ...rules,
          },
          ...more,
        })
    },
    /** Asks for a peer's estimate as it is after so many iterations of the present arrangement. */
    ask(peer: string, iteration: number, changes: Partial<WorkItem> = {}): number {
      const lease = leaseId(++leases)
      const partitions = shards[peer]!
      const levels = [{ upTo: partitions.length }]
      const work = { partitions, levels, upload: 'when-done', estimate: { generation, iteration } } as const
      loops.get(peer)!.work({ lease, round: 3, modelVersion: 2, parameters: 'p', rate, work, ...changes })
      return lease
    },
    /** The arbiter's word: everybody's edges are active, or none. */
    decide(of: readonly string[], iteration: number, isActive = true): void {
      const edges = path.filter(edge => edge.every(end => of.includes(end)))
      for (const peer of of)
        tell(peer, { type: 'iteration-decided', generation, iteration, active: isActive ? edges : [] })
    },
    /** All of them have said that their step of this iteration is done. */
    finished: (of: readonly string[], iteration: number) =>
      until(() =>
        of.every(peer =>
          reports.some(
            ({ from, report }) =>
              from === peer &&
              report.type === 'step-finished' &&
              report.generation === generation &&
              report.iteration === iteration,
          ),
        ),
      ),
    async answered(peer: string, lease: number): Promise<ResultFrame> {
      const find = () => answers.find(({ from, frame }) => from === peer && frame.header.lease === lease)
      await until(() => find() !== undefined)
      return find()!.frame
    },
    told: (peer: string) =>
      reports.flatMap(({ from, report }) =>
        from === peer && report.type === 'iterations-told' ? report.told.map(({ iteration }) => iteration) : [],
      ),
  }
  return theStage
}

const open: PeerLoop[] = []
afterEach(() => {
  for (const loop of open.splice(0)) loop.dispose()
})

const turn = () => new Promise(resolve => setImmediate(resolve))
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn()
}

const expectClose = (found: Float32Array, expected: Float32Array) =>
  expect(relativeError(found, expected)).toBeLessThanOrEqual(1e-6)

describe('what peers learn', () => {
  test.each(['ATC', 'CTA'] as const)(
    '%s: two iterations of three peers are those of the plain formula',
    async order => {
      const theStage = stage(names)
      theStage.arrange(names, { order })
      const first = names.map(peer => theStage.ask(peer, 1))
      const second = names.map(peer => theStage.ask(peer, 2))
      for (const iteration of [0, 1]) {
        await theStage.finished(names, iteration)
        theStage.decide(names, iteration)
      }
      const once = await iterate(allBegin(names), ofThree, 0, order)
      const twice = await iterate(once, ofThree, 1, order)
      for (const [i, peer] of names.entries()) {
        const { header, vector } = await theStage.answered(peer, first[i]!)
        const covers = shards[peer]!.length
        expect(header).toMatchObject({ round: 3, modelVersion: 2, covers, samples: 4 * covers, coordinates: 7850 })
        expectClose(vector, once.get(peer)!)
        expectClose((await theStage.answered(peer, second[i]!)).vector, twice.get(peer)!)
      }
    },
  )

  test('an iteration in which no edge is active is a step of each by itself', async () => {
    const theStage = stage(['a', 'b'])
    theStage.arrange(['a', 'b'])
    const lease = theStage.ask('a', 1)
    theStage.ask('b', 1)
    await theStage.finished(['a', 'b'], 0)
    theStage.decide(['a', 'b'], 0, false)
    expectClose((await theStage.answered('a', lease)).vector, await stepped(model, 'a', 0))
    expect(theStage.links.messages.filter(({ message }) => typeof message !== 'string')).toEqual([])
  })

  test('among themselves, through the coordinator, they learn and agree', async () => {
    const theStage = stage(names, { openDirectLinks: undefined })
    theStage.arrange(names, { decider: 'peers' })
    const leases = names.map(peer => theStage.ask(peer, 40, { rate: 0.05 }))
    const learnt = await Promise.all(names.map((peer, i) => theStage.answered(peer, leases[i]!)))
    const lossOf = (w: Float32Array) => {
      judge.loadParameters(w)
      return evaluate(judge, digits.train)
    }
    const before = await lossOf(model)
    for (const { vector } of learnt) {
      const after = await lossOf(vector)
      expect(after.loss).toBeLessThan(0.7 * before.loss)
      expect(relativeError(vector, learnt[0]!.vector)).toBeLessThan(0.5)
    }
    expect(theStage.links.messages).toEqual([])
    expect(theStage.relayed.length).toBeGreaterThan(100)
  })
})

describe('an estimate that is asked for', () => {
  test('is sent as it was after exactly that iteration, while its peer goes on', async () => {
    const two = ['a', 'b']
    const theStage = stage(two)
    theStage.arrange(two, { decider: 'peers' })
    const asked = [3, 6].map(iteration => ({ iteration, leases: two.map(peer => theStage.ask(peer, iteration)) }))
    let expected: Map<string, Float32Array> = allBegin(two)
    let iteration = 0
    for (const { iteration: last, leases } of asked) {
      for (; iteration < last; iteration++) expected = await iterate(expected, ofTwo, iteration)
      for (const [i, peer] of two.entries())
        expect(relativeError((await theStage.answered(peer, leases[i]!)).vector, expected.get(peer)!)).toBeLessThan(
          1e-5,
        )
    }
    // Of one that is past, or of another arrangement, it says so at once.
    const late = theStage.ask('a', 1)
    const other = theStage.ask('a', 0, {
      work: { partitions: [0], levels: [{ upTo: 1 }], upload: 'when-done', estimate: { generation: 0, iteration: 9 } },
    })
    for (const lease of [late, other])
      expect(theStage.announced).toContainEqual(expect.objectContaining({ from: 'a', lease, finished: 0, ended: true }))
    await turn()
    expect(theStage.answers.map(({ frame }) => frame.header.lease)).not.toContain(late)
  })

  test('and released before that is not sent; the next one is', async () => {
    const two = ['a', 'b']
    const theStage = stage(two)
    theStage.arrange(two)
    const released = theStage.ask('a', 1)
    const kept = theStage.ask('a', 2)
    theStage.ask('b', 1)
    await theStage.finished(two, 0)
    theStage.of('a').release(leaseId(released))
    theStage.decide(two, 0)
    await theStage.finished(two, 1)
    theStage.decide(two, 1)
    await theStage.answered('a', kept)
    const found = [
      ...theStage.answers,
      ...theStage.announced.map(({ from, lease }) => ({ from, frame: { header: { lease } } })),
    ]
    expect(found.filter(({ from }) => from === 'a').map(({ frame }) => frame.header.lease)).toEqual([kept])
  })

  test('what it tells of iterations comes before what it made of them', async () => {
    const order: string[] = []
    const theStage = stage(['a'], {
      report: report => void order.push(report.type),
      async postResult() {
        order.push('answer')
        return true
      },
    })
    theStage.arrange(['a'], { decider: 'peers' })
    theStage.ask('a', 2)
    await until(() => order.includes('answer'))
    expect(order.slice(0, order.indexOf('answer'))).toContain('iterations-told')
  })

  test('and lost on the way ends its lease, whether it was lost on purpose or nobody was there', async () => {
    for (const changes of [
      { losesAnswer: (round: number) => round === 3 },
      { postResult: () => Promise.reject(new Error('unreachable')) },
    ]) {
      const theStage = stage(['a'], changes)
      theStage.arrange(['a'], { decider: 'peers' })
      const lease = theStage.ask('a', 1)
      await until(() => theStage.announced.length > 0)
      expect(theStage.announced).toEqual([expect.objectContaining({ lease, finished: 2, ended: true })])
      expect(theStage.answers).toEqual([])
      // It goes on all the same.
      const before = theStage.told('a').length
      await until(() => theStage.told('a').length > before)
      theStage.of('a').dispose()
    }
  })

  test('and refused is said to be, and ends nothing else', async () => {
    const theStage = stage(['a'], { postResult: async () => false })
    theStage.arrange(['a'], { decider: 'peers' })
    theStage.ask('a', 1)
    await until(() => theStage.happened.some(({ type }) => type === 'answered'))
    expect(theStage.happened).toContainEqual({ type: 'answered', accepted: false })
    expect(theStage.announced).toEqual([])
  })
})

describe('who comes and goes', () => {
  test('rest, and then again: the estimate is kept, and so is a step that is done', async () => {
    const two = ['a', 'b']
    const theStage = stage(two)
    theStage.arrange(two)
    for (const peer of two) theStage.ask(peer, 1)
    await theStage.finished(two, 0)
    theStage.decide(two, 0)
    await theStage.finished(two, 1)
    for (const peer of two) {
      theStage.of(peer).told({ type: 'rest' })
      expect(theStage.of(peer).isAtWork()).toBe(false)
      expect(theStage.of(peer).standing()).toEqual({ type: 'standing', iterations: 1, generation: 1 })
    }
    theStage.arrange(two, {}, { iterationsBefore: 7 })
    const leases = two.map(peer => theStage.ask(peer, 1))
    await theStage.finished(two, 0)
    theStage.decide(two, 0)
    const twice = await iterate(await iterate(allBegin(two), ofTwo, 0), ofTwo, 1)
    for (const [i, peer] of two.entries())
      expectClose((await theStage.answered(peer, leases[i]!)).vector, twice.get(peer)!)
    expect(theStage.of('a').standing()).toMatchObject({ iterations: 8, generation: 2 })
  })

  test('[PEER5] who joins begins with a neighbour’s estimate, without asking for the model', async () => {
    let fetched = 0
    const theStage = stage(names, {
      async fetchParameters() {
        fetched++
        return model
      },
    })
    const two = ['a', 'b']
    theStage.arrange(two)
    for (const peer of two) theStage.ask(peer, 1)
    await theStage.finished(two, 0)
    theStage.decide(two, 0)
    await theStage.finished(two, 1)
    expect(fetched).toBe(2)
    theStage.arrange(names, {}, { sources: ['b'], iterationsBefore: 50 })
    const leases = names.map(peer => theStage.ask(peer, 1))
    await theStage.finished(names, 0)
    theStage.decide(names, 0, false)
    const ofB = (await iterate(allBegin(two), ofTwo, 0)).get('b')!
    expectClose((await theStage.answered('c', leases[2]!)).vector, await stepped(ofB, 'c', 50))
    expectClose((await theStage.answered('b', leases[1]!)).vector, await stepped(ofB, 'b', 1))
    expect(fetched).toBe(2)
  })

  test('where nobody has one it begins with the model of its lease, once there is one', async () => {
    const asked: string[] = []
    const theStage = stage(['a'], {
      async fetchParameters(hash) {
        asked.push(hash)
        return model
      },
    })
    theStage.arrange(['a'], { decider: 'peers' })
    await turn()
    expect(asked).toEqual([])
    expect(theStage.of('a').standing()).toMatchObject({ iterations: null })
    const lease = theStage.ask('a', 1)
    expectClose((await theStage.answered('a', lease)).vector, await stepped(model, 'a', 0))
    expect(asked).toEqual(['p'])
  })
})

describe('while the coordinator is away', () => {
  const two = ['a', 'b']

  test('peers with a direct link go on, answer no lease, and tell of it in order when it is back', async () => {
    const theStage = stage(two)
    theStage.arrange(two, { decider: 'peers' })
    for (const peer of two) theStage.ask(peer, 2)
    await until(() => theStage.answers.length === 2)
    await until(() => theStage.reports.some(({ report }) => report.type === 'links-told' && report.direct.length > 0))
    theStage.ask('a', 1e6)
    for (const peer of two) {
      theStage.isAway.add(peer)
      theStage.of(peer).online(false)
    }
    const [toldBefore, relayedBefore, iterationBefore] = [
      theStage.reports.length,
      theStage.relayed.length,
      theStage.told('a').length,
    ]
    const frames = () => theStage.links.messages.filter(({ message }) => typeof message !== 'string').length
    const sentBefore = frames()
    await until(() => frames() >= sentBefore + 20)
    expect(theStage.of('a').isAtWork()).toBe(true)
    expect(theStage.reports.length).toBe(toldBefore)
    expect(theStage.relayed.length).toBe(relayedBefore)
    for (const peer of two) {
      theStage.isAway.delete(peer)
      theStage.of(peer).online(true)
    }
    await until(() => theStage.told('a').length >= iterationBefore + 8)
    const told = theStage.told('a')
    expect(told).toEqual(told.map((_, i) => i))
    expect(theStage.answers.length).toBe(2)
    expect(theStage.announced).toEqual([])
  })

  test('peers without one go on by themselves, each in its turn of patience, and mix again when it is back', async () => {
    const theStage = stage(two, { openDirectLinks: undefined })
    theStage.arrange(two, { decider: 'peers', patienceMs: 20 })
    for (const peer of two) theStage.ask(peer, 2)
    await until(() => theStage.answers.length === 2)
    for (const peer of two) {
      theStage.isAway.add(peer)
      theStage.of(peer).online(false)
    }
    const relayedBefore = theStage.relayed.length
    const steps = () => theStage.happened.filter(({ type }) => type === 'step-computed').length
    const stepsBefore = steps()
    await until(() => steps() >= stepsBefore + 6)
    expect(theStage.relayed.length).toBe(relayedBefore)
    const last = Math.max(...theStage.told('a'))
    for (const peer of two) {
      theStage.isAway.delete(peer)
      theStage.of(peer).online(true)
    }
    const mixedAgain = (peer: string, other: string) =>
      theStage.reports.some(
        ({ from, report }) =>
          from === peer &&
          report.type === 'iterations-told' &&
          report.told.some(({ iteration, weights }) => iteration > last + 3 && weights[other] === 0.5),
      )
    await until(() => mixedAgain('a', 'b') && mixedAgain('b', 'a'))
    expect(theStage.relayed.length).toBeGreaterThan(relayedBefore)
  })
})

test('who is disposed of says, posts and computes nothing any more', async () => {
  const theStage = stage(['a', 'b'])
  theStage.arrange(['a', 'b'], { decider: 'peers' })
  for (const peer of ['a', 'b']) theStage.ask(peer, 3)
  await until(() => theStage.answers.length > 0)
  for (const loop of theStage.loops.values()) loop.dispose()
  const count = () => [
    theStage.reports.length,
    theStage.relayed.length,
    theStage.links.messages.length,
    theStage.announced.length,
    theStage.happened.filter(({ type }) => type === 'step-computed').length,
  ]
  const before = count()
  theStage.ask('a', 5)
  theStage.arrange(['a', 'b'], { decider: 'peers' })
  theStage.of('a').online(true)
  for (let i = 0; i < 300; i++) await turn()
  expect(count()).toEqual(before)
})
