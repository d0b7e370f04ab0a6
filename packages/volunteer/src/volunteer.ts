// A volunteer: connects, chooses a backend, warms up, takes work, obeys pause and share, comes back by itself. The
// same in a Web Worker and in Node; what differs is handed in.

import {
  convene,
  heard as heardSchema,
  order,
  type Progress,
  protocolVersion,
  type Ready,
  type Relay,
  type RunDescription,
  refused,
  release,
  request,
  runProgress,
  welcome,
  work,
} from '@muster/protocol'
import { type EstimateName, leaseId, type Milliseconds, type RoundNumber } from '@muster/vocabulary'
import {
  createGradientComputer,
  type GradientComputer,
  type Graph,
  initialParameters,
  onDeviceLost,
  planNetwork,
  type StartedBackend,
  startBackend,
  warmUp,
} from '@muster/workloads'
import { io, type Socket } from 'socket.io-client'
import { type ComputeLoop, type ComputeLoopPorts, createComputeLoop } from './compute-loop.ts'
import type { IceServer, OpenDirectLinks } from './links/direct-links.ts'
import { createPartitionStore } from './partition-store.ts'
import { createPeerLoop, type PeerLoop } from './peers/peer-loop.ts'
import { statusAtOpening, type VolunteerCommand, type VolunteerSettings, type VolunteerStatus } from './status.ts'

/** An upload that takes longer has hung; it is tried again. */
const uploadMsMax = 60_000
const downloadMsMax = 120_000

export interface VolunteerEnvironment {
  /** Where the backend's .wasm files are; absent where they have been set up already. */
  readonly wasmPath?: string
  /** Bytes of data partitions kept in memory. */
  readonly partitionBytesMax: number
  /**
   * Rehearsals slow workers down: a further factor on the share, by round. Benchmarks make a partition last a given
   * time: the factor may follow from what computing it took.
   */
  slowness?(round: RoundNumber, workedMs: Milliseconds): number
  /** Rehearsals lose answers on the way: asked once of each, by the round of its lease. */
  losesAnswer?(round: RoundNumber): boolean
  /** Links from peer to peer; where absent, everything between peers is relayed. */
  readonly openDirectLinks?: OpenDirectLinks
}

/** What every kind of work asks for. */
type SharedPorts = Omit<ComputeLoopPorts, 'onChange'>

export interface Volunteer {
  command(command: VolunteerCommand): void
  close(): void
}

export function createVolunteer(
  settings: VolunteerSettings,
  environment: VolunteerEnvironment,
  onStatus: (status: VolunteerStatus) => void,
): Volunteer {
  const origin = settings.coordinator.replace(/\/$/, '')
  let status = statusAtOpening(settings.share)
  let wantsWork = false
  let isClosed = false
  let started: Promise<StartedBackend> | null = null
  let machinery: {
    readonly runId: string
    readonly computer: GradientComputer
    readonly loop: ComputeLoop
    readonly peers: PeerLoop
    readonly msPerPartition: Milliseconds
  } | null = null
  /** Null: nobody asks. Else only where it could be seen before beginning, or was chosen since. */
  let allowsDirectLinks = settings.allowsDirectLinks ?? null
  let iceServers: readonly IceServer[] = []
  let preparing: Promise<void> | null = null

  const change = (changes: Partial<VolunteerStatus>) => {
    status = { ...status, ...changes }
    onStatus(status)
  }
  const fail = (message: string) => {
    wantsWork = false
    change({ phase: 'failed', message })
  }

  const socket: Socket = io(origin, {
    transports: ['websocket'],
    auth: { protocolVersion, volunteer: settings.volunteer, tab: settings.tab },
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  })

  async function fetchBytes(path: string, cache: RequestCache = 'default'): Promise<Uint8Array<ArrayBuffer>> {
    const response = await fetch(origin + path, { cache, signal: AbortSignal.timeout(downloadMsMax) })
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  const bearer = () => ({ authorization: `Bearer ${status.session ?? ''}` })

  async function postFrame(path: string, frame: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...bearer() },
      body: frame,
      signal: AbortSignal.timeout(uploadMsMax),
    })
    if (response.status >= 500) throw new Error(`the coordinator answered ${response.status}`)
    return response.ok
  }

  async function fetchEstimate(
    from: string,
    { generation, iteration, purpose }: EstimateName,
  ): Promise<Uint8Array | null> {
    const response = await fetch(`${origin}/api/estimates/${from}/${generation}/${iteration}/${purpose}`, {
      headers: bearer(),
      cache: 'no-store',
      signal: AbortSignal.timeout(downloadMsMax),
    })
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : null
  }

  /** Backend, computer and loop for the run that the coordinator described; kept over reconnections. */
  async function prepare(run: RunDescription): Promise<void> {
    if (machinery?.runId === run.id) return
    machinery?.loop.dispose()
    machinery?.peers.dispose()
    machinery?.computer.dispose()
    machinery = null
    change({ phase: 'starting', message: null })
    started ??= startBackend({ prefer: settings.backend, wasmPath: environment.wasmPath })
    const { name, notes } = await started
    change({ backend: name, backendNotes: notes })
    onDeviceLost(() => {
      socket.emit('leave', { reason: 'closed' })
      fail('The graphics card was taken away from this page. Reload it to go on.')
    })
    const network = planNetwork(run.graph as Graph, run.dataset.inputShape, run.dataset.classes)
    const computer = createGradientComputer(network)
    computer.loadParameters(initialParameters(network, run.seed))
    const { msPerBatch } = await warmUp(computer, run.batchPerPartition)
    const shared: SharedPorts = {
      run,
      computer,
      partitions: createPartitionStore(fetchBytes, environment.partitionBytesMax),
      msPerBatch,
      // A version is of use once. Cached, it would be locked by the first tab of a browser that fetches it: if that one
      // is frozen, the others would wait for it.
      fetchParameters: async hash => new Float32Array((await fetchBytes(`/api/parameters/${hash}`, 'no-store')).buffer),
      postResult: frame => postFrame('/api/results', frame),
      losesAnswer: round => environment.losesAnswer?.(round) ?? false,
      announce: ({ lease, finished, computeMs, ended, tiles }) => {
        socket.emit('progress', { lease, finished, computeMs, ended, tiles } satisfies Progress)
      },
      share: (round, workedMs) => status.share / (environment.slowness?.(round, workedMs) ?? 1),
    }
    const countComputed = (ms: Milliseconds, partitions: number, samples: number) => {
      const { contributed, msPerPartition } = status
      const each = ms / partitions
      change({
        phase: wantsWork ? 'computing' : status.phase,
        msPerPartition: msPerPartition === null ? each : 0.9 * msPerPartition + 0.1 * each,
        contributed: {
          ...contributed,
          partitions: contributed.partitions + partitions,
          computeMs: contributed.computeMs + ms,
          samples: contributed.samples + samples,
        },
      })
    }
    const loop = createComputeLoop({
      ...shared,
      onChange(changed) {
        const { contributed } = status
        if (changed.type === 'partition-computed') countComputed(changed.ms, 1, 0)
        else if (changed.type === 'partition-dropped') {
          change({ contributed: { ...contributed, computeMs: contributed.computeMs + changed.ms } })
        } else if (changed.type === 'answered' && changed.accepted) {
          change({
            message: null,
            contributed: {
              ...contributed,
              results: contributed.results + 1,
              samples: contributed.samples + changed.samples,
            },
          })
        } else if (changed.type === 'failed' && status.connection === 'connected') change({ message: changed.message })
      },
    })
    const peers = createPeerLoop({
      ...shared,
      self: settings.tab,
      iceServers,
      openDirectLinks: environment.openDirectLinks,
      relay: (to, item) => {
        if (socket.connected) socket.emit('relay', { to: [...to], item } satisfies Relay)
      },
      postEstimate: frame => postFrame('/api/estimates', frame),
      fetchEstimate,
      report: report => {
        socket.emit('peer-report', report)
      },
      onParametersReplaced: () => loop.forgetParameters(),
      onChange(changed) {
        const { contributed } = status
        if (changed.type === 'step-computed') countComputed(changed.ms, changed.partitions, changed.samples)
        else if (changed.type === 'step-given-up')
          change({ contributed: { ...contributed, computeMs: contributed.computeMs + changed.ms } })
        else if (changed.type === 'answered' && changed.accepted)
          change({ message: null, contributed: { ...contributed, results: contributed.results + 1 } })
        else if (changed.type === 'neighbours') {
          const { direct, relayed, none } = changed.reach
          change({ neighbours: { direct: direct.length, relayed: relayed.length, unreached: none.length } })
        } else if (changed.type === 'failed' && status.connection === 'connected') change({ message: changed.message })
      },
    })
    peers.allowDirectLinks(allowsDirectLinks === null || (allowsDirectLinks && run.talksToPeers))
    machinery = { runId: run.id, computer, loop, peers, msPerPartition: msPerBatch }
  }

  /** Goes as far toward computing as wishes and connection allow. */
  function goOn(): void {
    const { run } = status
    if (!wantsWork || isClosed || status.connection !== 'connected' || run === null || preparing) return
    preparing = prepare(run)
      .then(() => {
        preparing = null
        if (!wantsWork || !socket.connected || machinery === null || status.backend === null) return
        if (status.run?.id !== machinery.runId) return goOn()
        const share = status.share / (environment.slowness?.(0, machinery.msPerPartition) ?? 1)
        socket.emit('ready', {
          backend: status.backend,
          msPerPartition: machinery.msPerPartition / share,
          deviceShare: status.share,
        } satisfies Ready)
        // Of use where it is a peer; others are not asked.
        socket.emit('peer-report', machinery.peers.standing())
        machinery.peers.online(true)
        change({ phase: status.progress?.phase === 'ended' ? 'ended' : 'waiting' })
      })
      .catch(error => {
        preparing = null
        fail(`This tab could not start: ${error instanceof Error ? error.message : String(error)}`)
      })
  }

  socket.on('connect_error', error => {
    const code = (error as { data?: { code?: string } }).data?.code
    if (code === 'protocol-version') {
      socket.disconnect()
      fail('This page is older than the coordinator. Reload it to go on.')
    } else change({ connection: 'offline', message: code === undefined ? null : error.message })
  })
  socket.on('disconnect', reason => {
    // A coordinator that is stopped in good order says so, and is not called again by the library.
    if (reason === 'io server disconnect' && !isClosed) socket.connect()
    machinery?.loop.tell({ type: 'work-abandoned', tell: false })
    machinery?.peers.online(false)
    change({ connection: 'offline', session: null })
  })
  socket.on('welcome', (message: unknown) => {
    const heard = welcome.safeParse(message)
    if (!heard.success)
      return fail('The coordinator speaks in a way this page does not understand. Reload it to go on.')
    iceServers = heard.data.iceServers as readonly IceServer[]
    change({ connection: 'connected', session: heard.data.session, run: heard.data.run, message: null })
    goOn()
  })
  socket.on('work', (message: unknown) => {
    const heard = work.safeParse(message)
    if (!heard.success || machinery === null || !wantsWork) return
    const { lease, round, modelVersion, parameters, rate, ...given } = heard.data
    const item = {
      lease: leaseId(lease),
      round,
      modelVersion,
      parameters,
      rate,
      work: given,
    }
    change({ phase: 'computing' })
    if (given.estimate) machinery.peers.work(item)
    else machinery.loop.tell({ type: 'work-assigned', item })
  })
  socket.on('convene', (message: unknown) => {
    const heard = convene.safeParse(message)
    if (heard.success && wantsWork) machinery?.peers.told(heard.data)
  })
  socket.on('heard', (message: unknown) => {
    const heard = heardSchema.safeParse(message)
    if (heard.success && wantsWork) machinery?.peers.heard(heard.data.from, heard.data.item)
  })
  socket.on('request', (message: unknown) => {
    const heard = request.safeParse(message)
    if (heard.success)
      machinery?.loop.tell({ type: 'result-requested', lease: leaseId(heard.data.lease), covers: heard.data.covers })
  })
  socket.on('order', (message: unknown) => {
    const heard = order.safeParse(message)
    if (heard.success)
      machinery?.loop.tell({ type: 'order-given', lease: leaseId(heard.data.lease), order: heard.data.order })
  })
  socket.on('release', (message: unknown) => {
    const heard = release.safeParse(message)
    if (!heard.success) return
    machinery?.loop.tell({ type: 'lease-released', lease: leaseId(heard.data.lease) })
    machinery?.peers.release(leaseId(heard.data.lease))
  })
  socket.on('run-progress', (message: unknown) => {
    const heard = runProgress.safeParse(message)
    if (!heard.success) return
    const { phase } = heard.data
    const isIdle = machinery !== null && !machinery.loop.isBusy() && !machinery.peers.isAtWork()
    if (phase === 'ended') machinery?.peers.rest()
    if (phase === 'ended') change({ progress: heard.data, phase: 'ended' })
    else if (wantsWork && isIdle && status.phase === 'computing' && phase !== 'running')
      change({ progress: heard.data, phase: 'waiting' })
    else change({ progress: heard.data })
  })
  socket.on('refused', (message: unknown) => {
    const heard = refused.safeParse(message)
    if (heard.success) change({ message: heard.data.message })
  })

  return {
    command(command) {
      switch (command.type) {
        case 'begin':
          wantsWork = true
          return goOn()
        case 'pause':
          wantsWork = false
          machinery?.loop.tell({ type: 'work-abandoned', tell: true })
          machinery?.peers.rest()
          socket.emit('leave', { reason: 'paused' })
          return change({ phase: 'paused' })
        case 'set-share':
          return change({ share: Math.min(1, Math.max(0.05, command.share)) })
        case 'allow-direct-links':
          allowsDirectLinks = command.isAllowed
          return machinery?.peers.allowDirectLinks(command.isAllowed)
        case 'leave':
          wantsWork = false
          socket.emit('leave', { reason: 'closed' })
          return
      }
    },
    close() {
      isClosed = true
      wantsWork = false
      machinery?.loop.dispose()
      machinery?.peers.dispose()
      socket.disconnect()
    },
  }
}
