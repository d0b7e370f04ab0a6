// A run for real: the production coordinator with its threads and its storage in this process, its volunteers in
// processes of their own on loopback.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { addDataset, type RunningServer, startServer } from '@muster/coordinator'
import { createSqliteStorage } from '@muster/storage'
import type { Milliseconds } from '@muster/vocabulary'
import { makeDigits } from '@muster/workloads'
import type { WorkerOrder, WorkerReport, WorkerRequest } from './worker-messages.ts'

export interface RealRunPlan {
  readonly strategy: string
  readonly workers: number
  readonly partitions: number
  readonly rounds: number
  /** Not compared, and not counted in what workers report. */
  readonly warmUpRounds: number
  /** Null: a probe, with staggered delays and timed requests. */
  readonly delaySeed: number | null
  /** Every delay so many times as long; absent: 1. */
  readonly delayFactor?: number
  /** A worker that is killed when that round is over. */
  readonly kill?: { readonly seat: number; readonly round: number }
}

export interface RealRound {
  /** From the former update to this one; null for the first. */
  readonly totalMs: Milliseconds | null
  /** Of it, what passed between the last answer and the update. */
  readonly applyMs: Milliseconds | null
  readonly load: number
}

export interface RealRun {
  readonly rounds: readonly RealRound[]
  readonly reports: readonly WorkerReport[]
  /** A control message there and back while everybody waits; empty unless it is a probe. */
  readonly echoesMs: readonly Milliseconds[]
}

/** On both sides; nobody is silent for so long. */
export const leaseMs = 20_000
const startMsMax = 60_000
/** Far more than any round takes, on the average: the longest delay, issued again. */
const roundMsMax = 5_000

export async function runForReal(plan: RealRunPlan): Promise<RealRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-calibration-'))
  const cast: ChildProcess[] = []
  let server: RunningServer | null = null
  try {
    storeSmallDataset(folder, plan.partitions)
    const rounds: RealRound[] = []
    let lastAt: number | null = null
    let finish = () => {}
    const ended = new Promise<void>(resolve => (finish = resolve))
    let breakOff: (error: Error) => void = () => {}
    const broken = new Promise<never>((_resolve, reject) => (breakOff = reject))
    // Heard by whoever waits; until then it is no unhandled failure.
    broken.catch(() => {})
    server = await startServer(
      runFile(plan),
      'calibration',
      { port: 0, host: '127.0.0.1', dataFolder: folder, tls: null, logLevel: 'error', iceServers: [] },
      {
        vectorThread: new URL('./vector-thread.mjs', import.meta.url),
        evaluationThread: new URL('./evaluation-thread.mjs', import.meta.url),
        pagesFolder: null,
      },
      {
        onBroken: error => breakOff(error),
        onRound(record) {
          // A record comes once more when its model has been evaluated.
          if (record.round < rounds.length) return
          const at = performance.now()
          const totalMs = lastAt === null ? null : at - lastAt
          rounds.push({ totalMs, applyMs: totalMs === null ? null : totalMs - record.ms, load: record.load })
          lastAt = at
          if (plan.kill?.round === record.round) strike(cast, plan.kill.seat)
          if (rounds.length === plan.rounds) finish()
        },
      },
    )
    server.conductor.dispatch({ type: 'pause-requested' })
    for (let seat = 0; seat < plan.workers; seat++) cast.push(startWorker(server.origin, seat, plan))
    for (const child of cast)
      child.once('exit', code => breakOff(new Error(`a worker process ended by itself (${code ?? 'killed'})`)))
    await inTime(Promise.race([everybodyHere(server, plan.workers), broken]), startMsMax, 'not all workers joined')
    const echoesMs =
      plan.delaySeed === null ? await inTime(ask<Milliseconds[]>(cast[0]!, 'echo'), startMsMax, 'no echoes') : []
    server.conductor.dispatch({ type: 'resume-requested' })
    await inTime(Promise.race([ended, broken]), roundMsMax * plan.rounds, 'the run stands still')
    const reports = await inTime(
      Promise.race([Promise.all(cast.filter(isAlive).map(child => ask<WorkerReport>(child, 'report'))), broken]),
      startMsMax,
      'no reports',
    )
    return { rounds, reports, echoesMs }
  } finally {
    for (const child of cast) {
      child.removeAllListeners('exit')
      if (isAlive(child)) child.kill('SIGKILL')
    }
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The least that can be computed: a linear model, one sample a partition, so that own computing hides in the delays. */
const runFile = ({ strategy, partitions, rounds }: RealRunPlan) => ({
  title: 'Calibration',
  dataset: 'digits',
  model: { kind: 'softmax-regression' },
  optimiser: { kind: 'sgd', learningRate: 0.1 },
  partitions,
  batchPerPartition: 1,
  strategy,
  leaseMs,
  evaluateEvery: 100_000,
  end: { rounds },
})

/** Found under its name before the usual one is made; partitions are fetched once and are small. */
function storeSmallDataset(folder: string, partitions: number): void {
  const storage = createSqliteStorage(folder)
  try {
    addDataset(storage, makeDigits({ trainCount: 4 * partitions, testCount: 16 }))
  } finally {
    storage.close()
  }
}

function startWorker(url: string, seat: number, plan: RealRunPlan): ChildProcess {
  const { workers, partitions, delaySeed, delayFactor = 1, warmUpRounds: countedFrom } = plan
  const order: WorkerOrder = {
    url,
    seat,
    workers,
    partitions,
    delaySeed,
    delayFactor,
    isProbe: delaySeed === null,
    countedFrom,
  }
  const program = fileURLToPath(new URL('./calibration-worker.mjs', import.meta.url))
  return spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** Without a word, as a machine that loses its power. */
function strike(cast: readonly ChildProcess[], seat: number): void {
  cast[seat]!.removeAllListeners('exit')
  cast[seat]!.kill('SIGKILL')
}

async function everybodyHere({ conductor }: RunningServer, workers: number): Promise<void> {
  while (conductor.run().roster.length < workers) await new Promise(resolve => setTimeout(resolve, 20))
}

async function ask<Answer>(child: ChildProcess, request: WorkerRequest): Promise<Answer> {
  const answer = once(child, 'message')
  child.send(request)
  return (await answer)[0] as Answer
}

async function inTime<Value>(promise: Promise<Value>, ms: Milliseconds, otherwise: string): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
