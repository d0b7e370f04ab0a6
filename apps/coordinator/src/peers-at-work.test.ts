import { once } from 'node:events'
import { decodeSafetensors, relativeError } from '@muster/parameters'
import { encodeEstimateFrame, type Heard, limits, protocolVersion, type Refused, type Relayed } from '@muster/protocol'
import type { Arrangement, ConvenerWord, EstimateName, IterationName, PeerReport } from '@muster/vocabulary'
import { io } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import type { ScriptedWorker } from './scripted-worker.ts'
import { operatorToken, smallRun, smallStorage, type TestServer } from './test-server.ts'
import { createTestStage } from './test-stage.ts'

const { open, start, join } = createTestStage()

const withoutCentre = (settings: object = {}) => ({
  ...smallRun,
  optimiser: { kind: 'sgd', learningRate: 0.1 },
  strategy: { name: 'dynamic-backup-workers', topology: 'ring', every: 2, ...settings },
})

interface ScriptedPeer extends ScriptedWorker {
  /** The next word of the coordinator of this kind, or one that has come already; words of other kinds are passed over. */
  nextWord<Type extends ConvenerWord['type']>(type: Type): Promise<Extract<ConvenerWord, { type: Type }>>
  /** The next thing a neighbour said, or one that has come already. */
  nextHeard(): Promise<Heard>
  /** The code of the next refusal. */
  nextRefusal(): Promise<string>
  report(report: PeerReport | object): void
  relay(to: readonly string[], item: Relayed | object): void
  postEstimate(name: EstimateName, vector: Float32Array): Promise<{ status: number; code: string | undefined }>
  fetchEstimate(from: string, name: EstimateName): Promise<{ status: number; bytes: Uint8Array }>
  /** Everything that it has sent so far has been heard by the coordinator. */
  settled(): Promise<void>
}

/** Things as they come, one after the other. */
function queue<Thing>() {
  const come: Thing[] = []
  const waiting: ((thing: Thing) => void)[] = []
  return {
    push(thing: Thing) {
      const next = waiting.shift()
      if (next) next(thing)
      else come.push(thing)
    },
    next: () =>
      come.length > 0 ? Promise.resolve(come.shift()!) : new Promise<Thing>(resolve => waiting.push(resolve)),
  }
}

async function joinPeer(name: string, server: TestServer): Promise<ScriptedPeer> {
  const worker = await join(name, server)
  const { socket, welcome } = worker
  const [words, heard, refusals] = [queue<ConvenerWord>(), queue<Heard>(), queue<string>()]
  socket.on('convene', (word: ConvenerWord) => words.push(word))
  socket.on('heard', (message: Heard) => heard.push(message))
  socket.on('refused', ({ code }: Refused) => refusals.push(code))
  const authorization = `Bearer ${welcome.session}`
  const peer: ScriptedPeer = {
    ...worker,
    async nextWord(type) {
      for (;;) {
        const word = await words.next()
        if (word.type === type) return word as never
      }
    },
    nextHeard: heard.next,
    nextRefusal: refusals.next,
    report: report => void socket.emit('peer-report', report),
    relay: (to, item) => void socket.emit('relay', { to, item }),
    async postEstimate(of, vector) {
      const response = await fetch(`${server.origin}/api/estimates`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', authorization },
        body: encodeEstimateFrame(of, vector),
      })
      return { status: response.status, code: ((await response.json()) as { code?: string }).code }
    },
    async fetchEstimate(from, { generation, iteration, purpose }) {
      const url = `${server.origin}/api/estimates/${from}/${generation}/${iteration}/${purpose}`
      const response = await fetch(url, { headers: { authorization } })
      return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
    },
    async settled() {
      // Messages keep their order, and this one is answered.
      socket.emit('relay', 'settled?')
      while ((await refusals.next()) !== 'message-malformed') {}
    },
  }
  return peer
}

/** So many peers, arranged. */
async function arranged(server: TestServer, ...names: string[]) {
  const peers = await Promise.all(names.map(name => joinPeer(name, server)))
  const words = await Promise.all(peers.map(peer => peer.nextWord('arranged')))
  return { peers, words }
}

const command = (server: TestServer, name: string) =>
  server.fastify.inject({
    method: 'POST',
    url: '/api/commands',
    payload: { command: name },
    headers: { authorization: `Bearer ${operatorToken}` },
  })

const refusals = (server: TestServer) => server.conductor.chronicle.refusals
const mixOf = ({ generation, iteration }: IterationName): EstimateName => ({
  generation,
  iteration,
  purpose: 'mix',
  degree: 1,
})
const finished = (generation: number, iteration = 0) => ({
  word: { type: 'step-finished' as const, generation, iteration },
})
const told = (generation: number, iteration: number, weights: Record<string, number>, ms = 10): PeerReport => ({
  type: 'iterations-told',
  told: [{ generation, iteration, ms, isFinished: true, weights, isTorn: false }],
})

describe('who talks to whom', () => {
  test('whoever came within the settling time is arranged together, each with an own share of the data', async () => {
    const server = await start(withoutCentre())
    const { words } = await arranged(server, 'a', 'b', 'c')
    for (const { generation, peers, edges, rules } of words) {
      expect(peers).toEqual(['a', 'b', 'c'])
      expect(edges.map(edge => edge.join(' ')).sort()).toEqual(['a b', 'a c', 'b c'])
      expect(generation).toBe(words[0]!.generation)
      expect(rules).toMatchObject({ decider: 'peers', order: 'ATC', heartBeatMs: 20_000 })
    }
    expect(words.flatMap(({ partitions }) => partitions).sort()).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('[D5] who leaves is not part of the next arrangement, and who comes is; iterations go on from what was told', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b', 'c')
    const [a, b, c] = peers as [ScriptedPeer, ScriptedPeer, ScriptedPeer]
    const { generation } = words[0]!
    a.report(told(generation, 6, { a: 1 }))
    b.report(told(generation, 6, { b: 1 }))
    await Promise.all([a.settled(), b.settled()])
    c.close()
    for (const peer of [a, b]) {
      const next = await peer.nextWord('arranged')
      expect(next).toMatchObject({ generation: generation + 1, peers: ['a', 'b'], iterationsBefore: 7 })
      expect(next.edges).toEqual([['a', 'b']])
    }
    const d = await joinPeer('d', server)
    const last = await Promise.all([a, b, d].map(peer => peer.nextWord('arranged')))
    expect(last[2]).toMatchObject({ generation: generation + 2, peers: ['a', 'b', 'd'], sources: ['a', 'b'] })
    // Who left is nobody's neighbour any more.
    a.relay(['c'], finished(generation + 2))
    await a.settled()
    expect(refusals(server)['peer-not-neighbour']).toBe(1)
  })

  test('a pause lets everybody rest; after it they are arranged anew, under a name that nobody has heard', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b')
    const [a, b] = peers as [ScriptedPeer, ScriptedPeer]
    const works = await Promise.all(peers.map(peer => peer.nextWork()))
    await command(server, 'pause')
    // The round that is open is closed first.
    for (const [i, peer] of peers.entries()) await peer.post(peer.frame(works[i]!))
    for (const peer of peers) await peer.nextWord('rest')
    expect(words[0]!.generation).toBeLessThan(40)
    a.report({ type: 'standing', iterations: 12, generation: 40 })
    await a.settled()
    await command(server, 'resume')
    for (const peer of [a, b])
      expect(await peer.nextWord('arranged')).toMatchObject({ generation: 41, iterationsBefore: 12, peers: ['a', 'b'] })
  })
})

describe('what goes through the coordinator', () => {
  test('[PEER7] words go to neighbours, under the true name of who says them; strangers hear nothing', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b', 'c', 'd')
    const [a, b, , d] = peers as ScriptedPeer[] as [ScriptedPeer, ScriptedPeer, ScriptedPeer, ScriptedPeer]
    const { generation, edges } = words[0]!
    // A ring of four: each has one that is no neighbour.
    expect(edges.length).toBe(4)
    const neighbours = edges.flatMap(edge => (edge.includes('a') ? edge.filter(name => name !== 'a') : []))
    const stranger = ['b', 'c', 'd'].find(name => !neighbours.includes(name))!
    const of = (name: string) => peers[['a', 'b', 'c', 'd'].indexOf(name)]!
    a.relay([...neighbours, stranger, 'a', 'nobody'], { ...finished(generation, 3), from: 'b' })
    for (const name of neighbours)
      expect(await of(name).nextHeard()).toEqual({ from: 'a', item: finished(generation, 3) })
    await a.settled()
    expect(refusals(server)['peer-not-neighbour']).toBe(3)
    // What the stranger hears next is somebody else's.
    const next = of(neighbours[0]!)
    next.relay([stranger], finished(generation, 8))
    expect(await of(stranger).nextHeard()).toEqual({ from: neighbours[0], item: finished(generation, 8) })
    expect([b, d].every(peer => peer.socket.connected)).toBe(true)
  })

  test('[PEER7] of a flood the coordinator passes on what is allowed, and counts the rest; the others are heard', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b', 'c')
    const [a, b, c] = peers as [ScriptedPeer, ScriptedPeer, ScriptedPeer]
    const { generation } = words[0]!
    let heard = 0
    b.socket.on('heard', ({ from }: Heard) => {
      if (from === 'a') heard++
    })
    const startedAt = performance.now()
    const said = 3 * limits.relayedAtOnceMax
    for (let i = 0; i < said; i++) a.relay(['b'], finished(generation, i))
    await a.settled()
    const seconds = (performance.now() - startedAt) / 1000
    c.relay(['b'], finished(generation, 7))
    await c.settled()
    while ((await b.nextHeard()).from !== 'c') {}
    expect(heard).toBeGreaterThanOrEqual(limits.relayedAtOnceMax)
    expect(heard).toBeLessThanOrEqual(limits.relayedAtOnceMax + Math.ceil(seconds * limits.relayedPerSecondMax) + 1)
    expect(refusals(server)['relay-too-much']).toBe(said - heard)
  })

  test('an estimate is kept for neighbours, and only under the name of who posted it', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b', 'c', 'd')
    const { generation, edges } = words[0]!
    const neighbours = edges.flatMap(edge => (edge.includes('a') ? edge.filter(name => name !== 'a') : []))
    const stranger = ['b', 'c', 'd'].find(name => !neighbours.includes(name))!
    const of = (name: string) => peers[['a', 'b', 'c', 'd'].indexOf(name)]!
    const vector = new Float32Array(server.opened.description.parameterCount).fill(0.25)
    const name = mixOf({ generation, iteration: 4 })
    expect(await of('a').postEstimate(name, vector)).toEqual({ status: 200, code: undefined })
    for (const neighbour of neighbours) {
      const { status, bytes } = await of(neighbour).fetchEstimate('a', name)
      expect(status).toBe(200)
      expect(bytes).toEqual(encodeEstimateFrame(name, vector))
      // Nobody else has posted one by that name.
      expect((await of('a').fetchEstimate(neighbour, name)).status).toBe(404)
    }
    expect((await of(stranger).fetchEstimate('a', name)).status).toBe(403)
    expect((await of(neighbours[0]!).fetchEstimate('a', { ...name, iteration: 5 })).status).toBe(404)
    expect((await of(neighbours[0]!).fetchEstimate('a', { ...name, purpose: 'start' })).status).toBe(404)
    expect(refusals(server)['peer-not-neighbour']).toBe(1)
    const unknown = await fetch(`${server.origin}/api/estimates/a/${generation}/4/mix`)
    expect(unknown.status).toBe(401)
  })

  test('nothing is kept of whom nobody would ask, in a run of peers or in another', async () => {
    for (const file of [withoutCentre(), smallRun]) {
      const server = await start(file)
      const alone = await joinPeer('a', server)
      await alone.nextWork()
      const vector = new Float32Array(server.opened.description.parameterCount)
      const name = mixOf({ generation: 1, iteration: 0 })
      expect(await alone.postEstimate(name, vector)).toEqual({ status: 403, code: 'peer-not-neighbour' })
      expect(refusals(server)['peer-not-neighbour']).toBe(1)
    }
  })

  test('what is malformed, of another length or no number is refused by code, and stops nobody', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b')
    const [a, b] = peers as [ScriptedPeer, ScriptedPeer]
    const { generation } = words[0]!
    const d = server.opened.description.parameterCount
    for (const [length, value, code] of [
      [d - 1, 0, 'range-mismatch'],
      [d, Number.NaN, 'value-not-finite'],
      [d, Number.POSITIVE_INFINITY, 'value-not-finite'],
    ] as const) {
      const name = mixOf({ generation, iteration: 1 })
      const { status, code: found } = await a.postEstimate(name, new Float32Array(length).fill(value))
      expect([status >= 400, found]).toEqual([true, code])
      expect((await b.fetchEstimate('a', name)).status).toBe(404)
    }
    const before = refusals(server)['message-malformed'] ?? 0
    const wrong: (() => void)[] = [
      () => a.relay([], finished(generation)),
      () => a.relay(['b'], {}),
      () => a.relay(['b'], { word: { type: 'step-finished', generation: -1, iteration: 0 } }),
      () => a.relay(['b'], { word: { type: 'obey', generation, iteration: 0 } }),
      () => a.relay(['b'], { estimate: { ...mixOf({ generation, iteration: 1 }), purpose: 'all' } }),
      () => a.relay(['b'], { signal: { kind: 'offer', attempt: 1, sdp: 'x'.repeat(10_000) } }),
      () =>
        a.relay(
          Array.from({ length: limits.workersMax + 1 }, () => 'b'),
          finished(generation),
        ),
      () => a.report({ type: 'standing', iterations: -1, generation }),
      () => a.report(told(generation, 1, { a: 2 })),
      () => a.report(told(generation, 1, { a: 1 }, Number.NaN)),
      () => a.report({ type: 'nothing' }),
    ]
    for (const say of wrong) {
      say()
      expect(await a.nextRefusal()).toBe('message-malformed')
    }
    expect(refusals(server)['message-malformed']).toBe(before + wrong.length)
    a.relay(['b'], finished(generation, 9))
    expect(await b.nextHeard()).toEqual({ from: 'a', item: finished(generation, 9) })
  })
})

describe('a round without a centre', () => {
  const estimateOf = (server: TestServer, key: number) =>
    Float32Array.from({ length: server.opened.description.parameterCount }, (_, i) => Math.sin(key * 100 + i))

  test('[PEER8] is the mean of the estimates, all after the same iteration; how far they are apart is on record', async () => {
    const storage = smallStorage()
    const server = await start(withoutCentre(), storage)
    const { peers, words } = await arranged(server, 'a', 'b', 'c')
    const works = await Promise.all(peers.map(peer => peer.nextWork()))
    const asked = works.map(({ estimate }) => estimate)
    expect(asked[0]!.generation).toBe(words[0]!.generation)
    expect(asked).toEqual([asked[0], asked[0], asked[0]])
    expect(works.map(({ rate }) => rate)).toEqual([0.1, 0.1, 0.1])
    const vectors = peers.map((_, i) => estimateOf(server, i))
    // Whatever the order in which they come.
    for (const i of [2, 0, 1]) {
      const peer = peers[i]!
      expect((await peer.post(peer.frame(works[i]!, {}, vectors[i]!))).status).toBe(200)
    }
    await Promise.all(peers.map(peer => peer.nextWork()))
    const mean = Float32Array.from(vectors[0]!, (_, i) => vectors.reduce((sum, of) => sum + of[i]!, 0) / 3)
    const { parameters, hash } = server.conductor.versions.newest()
    expect(relativeError(parameters, mean)).toBeLessThan(1e-7)
    const apart = vectors.map(of => Math.hypot(...of.map((value, i) => value - mean[i]!)))
    await expect.poll(() => server.conductor.chronicle.history.length).toBe(1)
    const [round] = server.conductor.chronicle.history
    expect(round!.figures!.consensusDistance! / (apart.reduce((sum, of) => sum + of, 0) / 3)).toBeCloseTo(1, 5)
    expect(round).toMatchObject({ gradientNorm: null, loss: 2 })

    const weights = decodeSafetensors(new Uint8Array((await server.fastify.inject('/api/weights')).rawPayload))
    expect(weights.tensors.flatMap(({ data }) => [...data])).toEqual([...parameters])
    expect((await server.fastify.inject('/api/model/model.json')).statusCode).toBe(200)
    await expect.poll(() => storage.checkpoints.latest(server.opened.id)?.round).toBe(1)
    await server.conductor.close()
    const again = await start(withoutCentre(), storage)
    expect(again.conductor.versions.newest().hash).toBe(hash)
  })

  test('goes on without one whose estimate is refused, or who is past the iteration and says so', async () => {
    const server = await start(withoutCentre())
    const { peers } = await arranged(server, 'a', 'b')
    const [a, b] = peers as [ScriptedPeer, ScriptedPeer]
    const [ofA, ofB] = [await a.nextWork(), await b.nextWork()]
    const vector = estimateOf(server, 1)
    const broken = vector.slice().fill(Number.NaN, 5, 6)
    expect((await a.post(a.frame(ofA, {}, broken))).code).toBe('value-not-finite')
    expect((await b.post(b.frame(ofB, {}, vector))).status).toBe(200)
    await expect.poll(() => server.conductor.run().round).toBe(1)
    expect(server.conductor.versions.newest().parameters).toEqual(vector)

    const late = await b.nextWork()
    b.socket.emit('progress', { lease: late.lease, finished: 0, computeMs: 1, ended: true })
    // Asked for again, and further ahead.
    const next = await b.nextWork()
    expect(next.estimate!.iteration).toBeGreaterThan(late.estimate!.iteration)
    expect(next.round).toBe(1)
  })

  test('tells of iterations: those that all peers told of, what was active in them, and whether mixing was even', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b', 'c')
    const [a, b, c] = peers as [ScriptedPeer, ScriptedPeer, ScriptedPeer]
    const { generation } = words[0]!
    const works = await Promise.all(peers.map(peer => peer.nextWork()))
    a.report(told(generation, 0, { a: 0.5, b: 0.5 }, 20))
    b.report(told(generation, 0, { a: 0.5, b: 0.5 }, 40))
    c.report(told(generation, 0, { c: 1 }, 60))
    // Said twice, and of nobody's neighbour: neither counts.
    a.report(told(generation, 0, { a: 1 }, 9000))
    a.report(told(generation, 1, { a: 0.5, nobody: 0.5 }))
    // Uneven: what a took of b is not what b took of a.
    a.report(told(generation, 1, { a: 0.5, b: 0.5 }, 40))
    b.report(told(generation, 1, { b: 1 }, 40))
    c.report(told(generation, 1, { c: 1 }, 40))
    a.report({ type: 'links-told', direct: ['b'], relayed: ['c', 'stranger'] })
    b.report({ type: 'links-told', direct: ['a'], relayed: ['c'] })
    c.report({ type: 'links-told', direct: [], relayed: ['a', 'b'] })
    for (const peer of peers) await peer.settled()
    for (const [i, peer] of peers.entries()) await peer.post(peer.frame(works[i]!, {}, estimateOf(server, i)))
    await expect.poll(() => server.conductor.chronicle.history.length).toBe(1)
    expect(server.conductor.chronicle.history[0]!.figures).toMatchObject({
      iterations: 2,
      iterationMs: 40,
      linksSkipped: 1 - 2 / 6,
      unbalanced: 1,
      torn: 0,
      directEdges: 1,
      relayedEdges: 2,
    })
  })

  test('iterations that nobody can have come to are not believed: rounds go on', async () => {
    const server = await start(withoutCentre())
    const { peers, words } = await arranged(server, 'a', 'b')
    const [first] = peers as [ScriptedPeer]
    const { generation } = words[0]!
    for (const iteration of [2 ** 32 - 1, 9_000, 5_000]) first.report(told(generation, iteration, { a: 1 }))
    await first.settled()
    const works = await Promise.all(peers.map(peer => peer.nextWork()))
    for (const [i, peer] of peers.entries()) await peer.post(peer.frame(works[i]!))
    expect((await first.nextWork()).estimate!.iteration).toBeLessThan(1_000)
  })

  test('under the coordinator as arbiter an iteration ends when the last has finished, and everybody is told', async () => {
    const server = await start(withoutCentre({ waitFor: 'all-but', backups: 0 }))
    const { peers, words } = await arranged(server, 'a', 'b', 'c')
    const { generation, edges, rules } = words[0] as Arrangement
    expect(rules.decider).toBe('coordinator')
    for (const [i, peer] of peers.entries()) {
      peer.report({ type: 'step-finished', generation, iteration: 0 })
      await peer.settled()
      // Who is not finished is waited for; of another iteration nothing is believed.
      if (i < 2) peer.report({ type: 'step-finished', generation, iteration: 1 })
    }
    for (const peer of peers)
      expect(await peer.nextWord('iteration-decided')).toEqual({
        type: 'iteration-decided',
        generation,
        iteration: 0,
        active: edges,
      })
  })
})

test.each(['constructor', '__proto__', 'toString'])(
  'a tab that calls itself %s, as no table may, is turned away',
  async tab => {
    const server = await start(withoutCentre())
    const socket = io(server.origin, {
      transports: ['websocket'],
      reconnection: false,
      auth: { protocolVersion, volunteer: 'v', tab },
    })
    open.push(socket)
    const [error] = await once(socket as never, 'connect_error')
    expect((error as { data: { code: string } }).data.code).toBe('message-malformed')
    expect(refusals(server)['message-malformed']).toBe(1)
  },
)
