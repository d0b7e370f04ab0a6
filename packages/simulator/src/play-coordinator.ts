// The coordinator's part: the production machine, its effects carried out in virtual time, judged at every update.

import { type RunEffect, type RunEvent, stepRun, type WorkerEvent } from '@muster/engine'
import type { WorkerId } from '@muster/vocabulary'
import {
  type Combination,
  checkBounds,
  checkCover,
  checkExchange,
  checkMeanOfPeers,
  checkOrder,
  checkProgress,
  checkStaleness,
  checkTiles,
  checkVersions,
} from './checkers.ts'
import { fillSeats } from './play-seats.ts'
import { type PeerHappening, type Stage, tellCoordinator } from './stage.ts'

/** The state of a run is measured for its size so often: it is a long text to write. */
const boundsEveryRounds = 8

export function stepCoordinator(stage: Stage, event: RunEvent): void {
  // A timer that was set anew or cleared does not fire.
  if (event.type === 'timer-fired' && stage.timers.get(event.timer) !== stage.now) return
  if (event.type === 'timer-fired') stage.timers.delete(event.timer)
  const [next, effects] = stepRun(stage.run, { ...measured(stage, event), at: stage.now })
  stage.run = next
  for (const effect of effects) perform(stage, effect)
}

/** To the model as it is when the result arrives. */
function measured({ strategy, data }: Stage, event: RunEvent): RunEvent {
  if (event.type !== 'result-held' || !event.isFinite || !measuresDistance(strategy)) return event
  return { ...event, distance: data.distanceOf(event.handle) }
}

const measuresDistance = ({ measures }: Stage['strategy']): boolean => measures.includes('distance-to-model')

function perform(stage: Stage, effect: RunEffect): void {
  const { now } = stage
  switch (effect.type) {
    case 'send-work': {
      const { lease, round, modelVersion, work, learningRate: rate } = effect
      const item = { lease, round, modelVersion, parameters: `${modelVersion}`, rate, work }
      if (work.estimate) return sendToPeer(stage, effect.worker, { type: 'work', item })
      return send(stage, effect.worker, { at: now, type: 'work-assigned', item })
    }
    case 'send-request':
      return send(stage, effect.worker, {
        at: now,
        type: 'result-requested',
        lease: effect.lease,
        covers: effect.covers,
      })
    case 'send-order': {
      const { worker, lease, order } = effect
      return send(stage, worker, { at: now, type: 'order-given', lease, order })
    }
    case 'send-release':
      sendToPeer(stage, effect.worker, {
        type: 'event',
        event: { at: now, type: 'lease-released', lease: effect.lease },
      })
      return send(stage, effect.worker, { at: now, type: 'lease-released', lease: effect.lease })
    case 'send-word':
      return sendToPeer(stage, effect.worker, { type: 'event', event: { at: now, type: 'told', word: effect.word } })
    case 'refuse-result':
      stage.refused[effect.code] = (stage.refused[effect.code] ?? 0) + 1
      return
    case 'drop-result':
      return stage.data.drop(effect.handle)
    case 'accumulate-tile':
      return stage.data.accumulate(effect.round, effect.handle)
    case 'apply-combination':
      return apply(stage, effect)
    case 'set-timer':
      stage.timers.set(effect.timer, Math.max(now, effect.at))
      return tellCoordinator(stage, { at: Math.max(now, effect.at), type: 'timer-fired', timer: effect.timer })
    case 'clear-timer':
      stage.timers.delete(effect.timer)
      return
    case 'record-round': {
      const { uploads, messagesUp, present } = stage
      const survivors = present.filter(tab => !tab.isGone).map(tab => tab.occupant)
      stage.rounds.push({ ...effect.facts, totalMs: now - stage.advancedAt, uploads, messagesUp, survivors })
      stage.advancedAt = now
      stage.uploads = 0
      stage.messagesUp = 0
      return
    }
    case 'evaluate-model':
    case 'record-event':
    case 'end-run':
      return
  }
}

function send(stage: Stage, worker: WorkerId, event: WorkerEvent): void {
  const tab = stage.tabs.get(worker)
  if (tab) stage.queue.push(stage.now + stage.latencyMs, { to: 'tab', tab, connection: tab.connection, event })
}

function sendToPeer(stage: Stage, worker: WorkerId, happening: PeerHappening): void {
  const tab = stage.tabs.get(worker)
  if (tab) stage.queue.push(stage.now + stage.latencyMs, { to: 'peer', tab, connection: tab.connection, happening })
}

/** Whether a combination is what the strategy says its rounds are. */
function checkPromise(
  stage: Stage,
  { round, modelVersion, counted }: Combination,
  { terms, tiles }: Pick<ReturnType<Stage['data']['apply']>, 'terms' | 'tiles'>,
): string[] {
  switch (stage.strategy.promise) {
    case 'whole-gradient':
    case 'counted-gradients':
      if (tiles !== null) return checkTiles(round, modelVersion, tiles, terms.length, stage.partitions)
      return [...checkCover(round, terms, stage.partitions, counted), ...checkVersions(round, modelVersion, terms)]
    case 'bounded-staleness':
      return checkStaleness(round, modelVersion, terms, counted, stage.run.applying?.report?.figures.bound)
    case 'elastic-exchange':
      return checkExchange(round, terms, stage.exchanged)
    case 'mean-of-peers':
      return checkMeanOfPeers(round, terms)
  }
}

function apply(stage: Stage, combination: Combination): void {
  const { now, run, data, violations, advancedAt, ableSince } = stage
  const { round, modelVersion } = combination
  const heldBefore = data.held
  const needed = new Set(run.leases.filter(lease => !lease.isEnded).map(lease => lease.modelVersion))
  const { terms, tiles, gradientNorm, consensusDistance } = data.apply(combination, needed)
  violations.push(
    ...checkOrder(stage.lastApplied, round, 0),
    ...checkPromise(stage, combination, { terms, tiles }),
    ...checkProgress(round, now - Math.max(advancedAt, ableSince ?? now), stage.roundMsMax),
  )
  if (round % boundsEveryRounds === 0) violations.push(...checkBounds(run, stage.queue.size, heldBefore))
  stage.lastApplied = round
  // Who is here for the next round is known before it opens.
  fillSeats(stage, round + 1)
  // As an event of its own: the effects still to be performed belong to the step before it.
  const distances = measuresDistance(stage.strategy) ? data.distances() : {}
  tellCoordinator(stage, {
    at: now,
    type: 'combination-applied',
    modelVersion: modelVersion + 1,
    gradientNorm,
    distances,
    consensusDistance: stage.strategy.measures.includes('consensus-distance') ? consensusDistance : undefined,
  })
}
