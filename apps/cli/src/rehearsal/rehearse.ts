// A rehearsal: a coordinator on a free port, headless worker processes, faults, and a report. What is measured is the
// production server with its threads and storage; only the volunteers are processes instead of tabs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findDataset, OperatorError, type RunningServer, type Settings, startServer } from '@muster/coordinator'
import { median } from '@muster/numerics'
import { relativeError } from '@muster/parameters'
import type { RoundRecord, RunFile } from '@muster/protocol'
import { createSqliteStorage } from '@muster/storage'
import { outlivesRounds, type RoundPromise } from '@muster/strategies'
import { builtParts } from '../built-parts.ts'
import { diverged, openSingleProcessRun } from '../commands/reference.ts'
import { startWorkerProcess, type WorkerProcess } from '../worker-processes.ts'
import { drawStrike, lossSpellsOf, spellsOf } from './fault-schedule.ts'
import { type FaultSpec, hasFault } from './fault-spec.ts'
import { type PeersSummary, summarisePeers } from './peers-summary.ts'

export interface RehearsalPlan {
  readonly file: RunFile
  readonly fileName: string
  /** Of its strategy. */
  readonly promise: RoundPromise
  readonly workers: number
  readonly rounds: number
  readonly seed: number
  readonly faults: readonly FaultSpec[]
  readonly withReference: boolean
  /** Where data sets are kept; the rehearsal itself works in a folder of its own. */
  readonly dataFolder: string
}

export interface RehearsalReport extends Partial<PeersSummary> {
  readonly strategy: string
  /** What its rounds are. */
  readonly promise: RoundPromise
  readonly seed: number
  readonly workers: number
  readonly faults: readonly FaultSpec[]
  readonly rounds: number
  readonly testLoss: number | null
  readonly testAccuracy: number | null
  readonly loss: number | null
  readonly medianRoundMs: number
  readonly longestRoundMs: number
  readonly leaseMs: number
  readonly decodeErrorMax: number | null
  readonly decodeErrorsChecked: number
  readonly referenceError: number | null
  readonly stragglers: readonly number[]
  readonly redundancy: readonly number[]
  readonly reissued: readonly number[]
  readonly loadMean: number
  readonly resultsRefused: Readonly<Record<string, number>>
  /** What the strategy reported of each round beside what all do, by name. */
  readonly figures: Readonly<Record<string, readonly (number | null)[]>>
  /** The same of single workers, by round, where the strategy tells of them. */
  readonly workerFigures?: readonly NonNullable<RoundRecord['workerFigures']>[]
}

interface Audited {
  readonly round: number
  readonly parameters: Float32Array
  readonly gradient: Float64Array
}

const warmUpRounds = 5
const startMsMax = 60_000
/** Sums are compared in every fifth round, and in a long rehearsal in so many: each keeps a model and a gradient. */
const auditEvery = 5
const auditsMax = 100

export async function rehearse(plan: RehearsalPlan, say: (line: string) => void): Promise<RehearsalReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-rehearsal-'))
  const cast: WorkerProcess[] = []
  let server: RunningServer | null = null
  try {
    copyDataset(plan.file.dataset, plan.dataFolder, folder)
    const audited: Audited[] = []
    const every = Math.max(auditEvery, Math.ceil(plan.rounds / auditsMax))
    const closings: { readonly at: number; readonly record: RoundRecord }[] = []
    const stage = createStage(plan, cast, say)
    const file = { ...plan.file, seed: plan.seed, end: { rounds: plan.rounds } }
    const isExact = plan.promise === 'whole-gradient'
    const settings: Settings = {
      port: 0,
      host: '127.0.0.1',
      dataFolder: folder,
      tls: null,
      logLevel: 'error',
      iceServers: [],
    }
    const broken = new Promise<never>((_resolve, reject) => {
      startServer(
        file,
        plan.fileName,
        settings,
        { ...builtParts, pagesFolder: null },
        {
          onBroken: reject,
          onRound(record) {
            // A record comes once more when its model has been evaluated.
            if (record.round < closings.length) return stage.evaluated(record)
            closings.push({ at: performance.now(), record })
            stage.roundClosed(record, medianMs(closings))
          },
          audit: {
            // What is kept of a round is compared with the whole gradient, or with nothing.
            wants: round => isExact && (round % every === 0 || hasFault(plan.faults, round)),
            applied: (round, parameters, gradient) =>
              void audited.push({ round, parameters: parameters.slice(), gradient }),
          },
        },
      ).then(started => stage.opened(started), reject)
    })
    server = await Promise.race([stage.ready, broken])
    await Promise.race([trainToTheEnd(server), broken])
    const evaluation = server.conductor.chronicle.evaluation()
    const parameters = server.conductor.versions.newest().parameters
    const refused = { ...server.conductor.chronicle.refusals }
    const events = server.conductor.chronicle.events
    stopAll(cast)
    await server.close()
    server = null

    const rate = (round: number) => {
      const change = events.findLast(event => event.kind === 'learning-rate' && event.round <= round)
      return change ? Number(change.detail) : file.optimiser.learningRate
    }
    const checks = await checkArithmetic(
      file,
      plan.fileName,
      folder,
      isExact,
      audited,
      plan.withReference ? { parameters, rounds: plan.rounds, rate } : null,
      say,
    )
    const records = closings.map(({ record }) => record)
    const gaps = roundMs(closings)
    return {
      strategy: typeof plan.file.strategy === 'string' ? plan.file.strategy : plan.file.strategy.name,
      promise: plan.promise,
      ...(plan.promise === 'mean-of-peers' ? summarisePeers(records) : {}),
      seed: plan.seed,
      workers: plan.workers,
      faults: plan.faults,
      rounds: records.length,
      testLoss: evaluation?.loss ?? null,
      testAccuracy: evaluation?.accuracy ?? null,
      loss: records.at(-1)?.loss ?? null,
      medianRoundMs: median(gaps),
      longestRoundMs: Math.max(0, ...gaps),
      leaseMs: file.leaseMs,
      ...checks,
      stragglers: records.map(record => record.stragglers),
      redundancy: records.map(record => record.redundancy),
      reissued: records.map(record => record.reissued),
      loadMean: records.reduce((sum, record) => sum + record.load, 0) / Math.max(1, records.length),
      resultsRefused: refused,
      figures: figuresOf(records),
      ...(records.some(({ workerFigures }) => workerFigures)
        ? { workerFigures: records.map(({ workerFigures }) => workerFigures ?? {}) }
        : {}),
    }
  } finally {
    stopAll(cast)
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function figuresOf(records: readonly RoundRecord[]): RehearsalReport['figures'] {
  const keys = new Set(records.flatMap(({ figures }) => Object.keys(figures)))
  return Object.fromEntries([...keys].map(key => [key, records.map(({ figures }) => figures[key] ?? null)]))
}

/** From update to update, after the warm-up. */
function roundMs(closings: readonly { readonly at: number }[]): number[] {
  return closings
    .slice(1)
    .map((closing, i) => closing.at - closings[i]!.at)
    .slice(warmUpRounds)
}

const medianMs = (closings: readonly { readonly at: number }[]): number =>
  median(closings.slice(1).map((closing, i) => closing.at - closings[i]!.at)) || 100

function copyDataset(name: string, from: string, to: string): void {
  const target = createSqliteStorage(to)
  try {
    if (name === 'digits') return void findDataset(target, name)
    const source = createSqliteStorage(from)
    try {
      const manifest = findDataset(source, name)
      for (const hash of [manifest.train, manifest.test]) target.blobs.put(source.blobs.get(hash) ?? new Uint8Array())
      target.datasets.put({ name, manifest })
    } finally {
      source.close()
    }
  } finally {
    target.close()
  }
}

interface Stage {
  readonly ready: Promise<RunningServer>
  opened(server: RunningServer): void
  roundClosed(record: RoundRecord, usualMs: number): void
  evaluated(record: RoundRecord): void
}

/** Starts the cast, opens the first round when everybody is there, and stirs. */
function createStage(plan: RehearsalPlan, cast: WorkerProcess[], say: (line: string) => void): Stage {
  let tested = ''
  const isCoded = !outlivesRounds(plan.promise)
  let enter: (server: RunningServer) => void = () => {}
  let giveUp: (error: Error) => void = () => {}
  const ready = new Promise<RunningServer>((resolve, reject) => {
    enter = resolve
    giveUp = reject
  })
  let server: RunningServer | null = null
  const dead = new Set<number>()
  const thaws: { readonly round: number; readonly victim: number }[] = []

  const roundOpens = (round: number, usualMs: number) => {
    for (const { round: at, victim } of thaws) if (at === round) cast[victim]!.process.kill('SIGCONT')
    plan.faults.forEach((fault, order) => {
      if (!('round' in fault) || fault.round !== round) return
      if (fault.kind === 'join') {
        const waiting = cast.filter(({ process, isWaiting }) => isWaiting && process.connected).slice(0, fault.count)
        for (const worker of waiting) {
          worker.isWaiting = false
          worker.process.send('begin')
        }
        return
      }
      const living = cast.flatMap(({ isWaiting }, i) => (isWaiting || dead.has(i) ? [] : [i]))
      const strike = drawStrike(fault, plan.seed, order, living)
      for (const victim of strike.victims) {
        dead.add(victim)
        if (fault.kind === 'freeze') thaws.push({ round: round + fault.rounds, victim })
        const hit = () => {
          say(`round ${round}: ${fault.kind} ${cast[victim]!.tab}`)
          cast[victim]!.process.kill(fault.kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')
        }
        strikeAt(server, cast[victim]!.tab, round, strike.moment * usualMs, strike.afterAnnouncing, hit)
        if (fault.kind === 'freeze') setTimeout(() => dead.delete(victim), 0)
      }
    })
  }

  return {
    ready,
    opened(started) {
      server = started
      started.conductor.dispatch({ type: 'pause-requested' })
      const joining = plan.faults.reduce((sum, fault) => sum + (fault.kind === 'join' ? fault.count : 0), 0)
      for (let i = 0; i < plan.workers + joining; i++) {
        cast.push(
          startWorkerProcess(
            started.origin,
            `w${i}`,
            {
              slowness: spellsOf(plan.faults, plan.seed, i, plan.workers),
              losses: lossSpellsOf(plan.faults, plan.seed, i),
            },
            i >= plan.workers,
          ),
        )
      }
      say(`${plan.workers} workers are starting ...`)
      const startedAt = performance.now()
      const timer = setInterval(() => {
        const failed = cast.find(({ process }) => process.exitCode !== null)
        if (failed || performance.now() - startedAt > startMsMax) {
          clearInterval(timer)
          giveUp(
            new OperatorError(
              failed
                ? `Worker ${failed.tab} could not start.`
                : `After ${startMsMax / 1000} s only ${started.conductor.run().roster.length} of ${plan.workers} workers had joined.`,
            ),
          )
        } else if (started.conductor.run().roster.length === plan.workers) {
          clearInterval(timer)
          roundOpens(0, 100)
          started.conductor.dispatch({ type: 'resume-requested' })
          enter(started)
        }
      }, 20)
    },
    evaluated({ testLoss, testAccuracy }) {
      if (testLoss !== null && testAccuracy !== null)
        tested = `, test ${testLoss.toFixed(4)} (${(100 * testAccuracy).toFixed(1)} %)`
    },
    roundClosed(record, usualMs) {
      if ((record.round + 1) % 20 === 0)
        say(
          `round ${record.round + 1} of ${plan.rounds}: loss ${record.loss.toFixed(4)}${tested}, ${Math.round(usualMs)} ms a round, ${record.stragglers} straggling${isCoded ? `, redundancy ${record.redundancy.toFixed(2)}` : ''}`,
        )
      roundOpens(record.round + 1, usualMs)
    },
  }
}

/** At a moment inside the round, or, where the victim announces first, between its announcing and its upload. */
function strikeAt(
  server: RunningServer | null,
  tab: string,
  round: number,
  afterMs: number,
  afterAnnouncing: boolean,
  hit: () => void,
): void {
  if (!afterAnnouncing || server === null) {
    setTimeout(hit, afterMs)
    return
  }
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const run = server.conductor.run()
    const isAsked = [...run.leases.values()].some(
      lease => lease.worker === tab && lease.round === round && lease.requested !== null,
    )
    if (!isAsked && run.round <= round && performance.now() - startedAt < 3 * afterMs) return
    clearInterval(timer)
    hit()
  }, 1)
}

/** @throws OperatorError when the run has diverged: its round would never end. */
function trainToTheEnd({ conductor }: RunningServer): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const run = conductor.run()
      if (conductor.chronicle.events.some(({ kind }) => kind === 'diverged')) {
        clearInterval(timer)
        return reject(new OperatorError(diverged(run.round)))
      }
      const isEvaluated = conductor.chronicle.history.at(-1)?.testAccuracy !== null
      if (run.phase !== 'ended' || !isEvaluated) return
      clearInterval(timer)
      resolve()
    }, 20)
  })
}

function stopAll(cast: readonly WorkerProcess[]): void {
  for (const { process } of cast) if (process.exitCode === null && process.signalCode === null) process.kill('SIGKILL')
}

async function checkArithmetic(
  file: RunFile,
  name: string,
  folder: string,
  isExact: boolean,
  audited: readonly Audited[],
  final: { readonly parameters: Float32Array; readonly rounds: number; rate(round: number): number } | null,
  say: (line: string) => void,
): Promise<Pick<RehearsalReport, 'decodeErrorMax' | 'decodeErrorsChecked' | 'referenceError'>> {
  if (!isExact) {
    say('Its rounds are not the whole gradient of one model: there is no one process to compare them with.')
    return { decodeErrorMax: null, decodeErrorsChecked: 0, referenceError: null }
  }
  const single = await openSingleProcessRun(file, name, folder)
  say(`Checking ${audited.length} decoded sums against direct ones ...`)
  const errors: number[] = []
  for (const { round, parameters, gradient } of audited) {
    const direct = await single.directGradient(parameters, round)
    errors.push(relativeError(gradient, direct.gradient))
  }
  let referenceError: number | null = null
  if (final) {
    say('Training the reference in one process ...')
    let model = single.start()
    for (let round = 0; round < final.rounds; round++) model = await single.advance(model, round, final.rate(round))
    referenceError = relativeError(final.parameters, model.parameters)
  }
  return {
    decodeErrorMax: errors.length === 0 ? null : Math.max(...errors),
    decodeErrorsChecked: errors.length,
    referenceError,
  }
}
