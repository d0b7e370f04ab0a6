// What the pages show of a run, from the machine's own state: figures are never counted twice.

import { isOpenLease, type RunLease, type TrainingRun } from '@muster/engine'
import type { Lane, RunProgress, Snapshot, WorkerRow } from '@muster/protocol'
import type { PeerPicture, WorkerReport } from '@muster/strategies'
import type { Conductor } from './conductor.ts'
import type { OpenedRun } from './open-run.ts'

const curvePoints = 120
const eventsShown = 50
const lanesShown = 240
const ratePeriodMs = 60_000

export function phaseOf(run: TrainingRun<unknown>): Snapshot['phase'] {
  if (run.phase !== 'running') return run.phase
  return run.roster.length === 0 ? 'waiting' : 'running'
}

export function takeSnapshot(
  opened: OpenedRun,
  conductor: Conductor,
  volunteerOf: (worker: string) => string,
  now: number,
): Snapshot {
  const run = conductor.run()
  const { file, description } = opened
  const evaluation = conductor.chronicle.evaluation()
  return {
    run: {
      id: opened.id,
      title: file.title,
      for: file.for,
      dataset: description.dataset.title,
      model: description.model,
      optimiser: file.optimiser.kind,
      partitions: file.partitions,
      batchPerPartition: file.batchPerPartition,
      parameterCount: description.parameterCount,
      layersFormat: opened.isLayersModel,
    },
    strategy: describePolicy(run),
    phase: phaseOf(run),
    pending: describePending(run),
    round: run.round,
    roundsEnd: run.settings.roundsEnd,
    learningRate: run.learningRate,
    roundsPerMinute: roundsPerMinute(conductor),
    totals: { ...conductor.chronicle.totals },
    testLoss: evaluation?.loss ?? null,
    testAccuracy: evaluation?.accuracy ?? null,
    sample: conductor.chronicle.sample(),
    workers: workerRows(run, volunteerOf, now),
    lanes: latestLanes(conductor),
    refused: { ...conductor.chronicle.refusals },
    events: conductor.chronicle.events.slice(-eventsShown),
  }
}

export function takeProgress(conductor: Conductor): RunProgress {
  const run = conductor.run()
  const history = conductor.chronicle.history
  const step = Math.max(1, Math.ceil(history.length / curvePoints))
  const curve = history.filter(
    (record, i) => i % step === 0 || i === history.length - 1 || record.testAccuracy !== null,
  )
  return {
    phase: phaseOf(run),
    round: run.round,
    roundsEnd: run.settings.roundsEnd,
    workers: run.roster.length,
    loss: history.at(-1)?.loss ?? null,
    testAccuracy: conductor.chronicle.evaluation()?.accuracy ?? null,
    curve: curve.slice(-2 * curvePoints).map(record => [record.round, record.loss, record.testAccuracy]),
  }
}

function describePolicy({ policy, strategyState }: TrainingRun<unknown>): Snapshot['strategy'] {
  const { name, meaning, promise, panel, histogram, graph } = policy.strategy
  const counts = [...(histogram?.(strategyState) ?? [])]
  const picture = graph?.(strategyState)
  const shown = panel && {
    ...panel,
    figures: [...panel.figures],
    workers: [...panel.workers],
    workersOverTime: [...panel.workersOverTime],
    histogram: panel.histogram && { ...panel.histogram, counts },
    graph: panel.graph && picture ? { ...panel.graph, ...copyPicture(picture) } : null,
  }
  return { name, meaning, promise, settings: policy.own, panel: shown ?? null }
}

const copyPicture = ({ peers, edges, iterations }: PeerPicture) => ({
  peers: [...peers],
  edges: [...edges],
  iterations: iterations.map(({ iteration, active }) => ({ iteration, active: [...active] })),
})

/** As many of the last rounds as fit a message of reasonable size. */
function latestLanes(conductor: Conductor): Snapshot['lanes'] {
  const shown: Snapshot['lanes'] = []
  let entries = 0
  for (const { round, ms, workers } of [...conductor.chronicle.lanes].reverse()) {
    entries += workers.reduce((sum, lane) => sum + sizeOf(lane), 0)
    if (shown.length > 0 && entries > lanesShown) break
    shown.unshift({ round, ms, workers: workers.map(copyLane) })
  }
  return shown
}

/** So that rounds with many marks are fewer. */
const marksToALane = 24

const sizeOf = ({ held, tiles }: WorkerReport): number =>
  1 + ((held?.length ?? 0) + (tiles?.length ?? 0)) / marksToALane

const copyLane = ({ held, tiles, ...lane }: WorkerReport): Lane => ({
  ...lane,
  ...(held && { held: held.map(([at, partitions]) => [at, partitions]) }),
  ...(tiles && { tiles: tiles.map(([at, share]) => [at, share]) }),
})

function workerRows(run: TrainingRun<unknown>, volunteerOf: (worker: string) => string, now: number): WorkerRow[] {
  const { strategy } = run.policy
  const beliefs = new Map(strategy.beliefs(run.strategyState, now).map(belief => [belief.worker, belief]))
  return run.roster.map(entry => {
    const belief = beliefs.get(entry.worker)
    return {
      worker: entry.worker,
      volunteer: volunteerOf(entry.worker),
      backend: entry.capabilities.backend,
      state: belief?.silent ? 'silent' : workState(run, entry.worker),
      msPerPartition: belief?.msPerPartition ?? null,
      joinedAtRound: entry.joinedAtRound,
      results: entry.results,
      partitions: entry.partitions,
      straggled: entry.straggled,
      refused: entry.refused,
      heardMsAgo: Math.max(0, now - entry.heardAt),
      figures: belief?.figures ?? {},
    }
  })
}

function workState(run: TrainingRun<unknown>, worker: string): WorkerRow['state'] {
  const open = run.leases.filter(
    lease => lease.worker === worker && owesAnswer(lease) && !lease.isEnded && isOpenLease(run, lease),
  )
  if (open.length === 0) return 'idle'
  return open.some(hasAnnounced) ? 'announced' : 'computing'
}

const owesAnswer = ({ answered, tiles, isReleased }: RunLease): boolean =>
  tiles === null
    ? answered === 0
    : !isReleased && !(tiles.isFinal && tiles.upTo.every((upTo, segment) => upTo === 0 || tiles.taken[segment]))

/** Something is complete that may be asked for; of work in tiles, nothing is left to compute. */
const hasAnnounced = ({ work, finished, tiles }: RunLease): boolean =>
  tiles === null
    ? work.upload === 'on-request' && finished >= work.levels[0]!.upTo
    : finished >= (tiles.isFinal ? Math.max(0, ...tiles.upTo) : work.partitions.length)

/** Over the last minute of rounds, so that it follows what happens. */
function roundsPerMinute(conductor: Conductor): number {
  let rounds = 0
  let ms = 0
  const { history } = conductor.chronicle
  for (let i = history.length - 1; i >= 0 && ms < ratePeriodMs && rounds < 500; i--) {
    rounds++
    ms += history[i]!.ms
  }
  return ms === 0 ? 0 : (rounds * 60_000) / ms
}

function describePending({ pending }: TrainingRun<unknown>): string[] {
  return [
    ...(pending.pause ? ['pause'] : []),
    ...(pending.stop === null ? [] : ['stop']),
    ...(pending.learningRate === null ? [] : [`learning rate ${pending.learningRate}`]),
    ...(pending.policy === null ? [] : [`strategy ${pending.policy.strategy.name}`]),
  ]
}
