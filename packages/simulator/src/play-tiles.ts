// A tab's part in tiles, in virtual time: its uplink takes one tile after the other, and it says at every beat how far
// it is. What faults do to answers they do to tiles.

import type { ResultClaim, WorkerEffect } from '@muster/engine'
import { type LeaseId, leaseId, type Milliseconds } from '@muster/vocabulary'
import type { Corruption } from './faults.ts'
import { noMischief, type OutgoingTile, type Stage, type Tab, tellCoordinator, unitMs } from './stage.ts'
import { takeTile } from './virtual-sum.ts'

type SendTile = Extract<WorkerEffect, { type: 'send-tile' }>

/** Taken at once; sent when the uplink is free. */
export function sendTile(stage: Stage, tab: Tab, { item, segment, segments, covers, computeMs }: SendTile): void {
  const sums = tab.sums.get(item.lease)
  if (!sums) return
  const tile = takeTile(sums.running, segment, segments)
  const { perTile = 0 } = stage.world.costs
  tab.outbox.push({ item, tile, covers, computeMs, ms: stage.uploadMs / segments + perTile * unitMs })
  startUpload(stage, tab)
}

function startUpload(stage: Stage, tab: Tab): void {
  if (tab.uploading !== null) return
  const next = tab.outbox.shift()
  if (next === undefined) return
  tab.uploading = next
  tab.uplinkFreeAt = Math.max(stage.now, tab.uplinkFreeAt) + next.ms
  stage.queue.push(tab.uplinkFreeAt, { to: 'uplink', tab, sent: next })
}

/** Nobody wants them any more; that under way goes on. */
export function callBackTiles(tab: Tab, lease: LeaseId): void {
  const kept = tab.outbox.filter(({ item }) => item.lease !== lease)
  if (kept.length < tab.outbox.length) tab.outbox.splice(0, tab.outbox.length, ...kept)
}

/** It has been sent; of those of an earlier connection nothing is heard. */
export function endUpload(stage: Stage, tab: Tab, sent: OutgoingTile): void {
  if (tab.uploading !== sent) return
  tab.uploading = null
  const { lease } = sent.item
  // Whether an answer is lost is drawn once for a lease, as for work that is answered as a whole.
  const isFirst = tab.machine.queue.some(item => item.lease === lease && item.tiles?.sent === 0)
  if (isFirst && tab.losesAnswer()) stage.tellTab(tab, { at: 0, type: 'tile-failed', lease })
  else {
    deliver(stage, tab, sent)
    stage.tellTab(tab, { at: 0, type: 'tile-sent', lease, ms: sent.ms })
  }
  startUpload(stage, tab)
}

function deliver(stage: Stage, tab: Tab, { item, tile, covers, computeMs }: OutgoingTile): void {
  const { mischief, id: worker, connection } = tab
  tab.mischief = noMischief
  const wrong = (how: Corruption) => (mischief.corruption === how ? 1 : 0)
  const claim: ResultClaim = {
    worker,
    connection,
    lease: leaseId(item.lease + 1000 * wrong('wrong-lease')),
    round: item.round + wrong('wrong-round'),
    modelVersion: item.modelVersion + wrong('wrong-version'),
    covers: covers + stage.partitions * wrong('wrong-cover'),
    segment: tile.segment,
    samples: covers * stage.data.problem.samplesPerPartition + wrong('wrong-samples'),
    lossSum: tile.lossSum,
    computeMs,
  }
  stage.uploads += 1 / tile.segments
  const arrival = takenInAt(stage, 1 / tile.segments) + stage.latencyMs
  const answer = (at: Milliseconds) =>
    tellCoordinator(stage, {
      at,
      type: 'result-held',
      claim,
      handle: stage.data.holdTile(tile),
      isFinite: mischief.corruption !== 'not-finite',
    })
  answer(arrival + mischief.delayMs)
  if (mischief.repeat) answer(arrival + mischief.delayMs + 1)
  if (mischief.corruption !== 'wrong-lease') return
  // Refused by its header: the edge knows the true sender, and that this tile of its lease will not be answered.
  tellCoordinator(stage, { at: arrival, type: 'result-rejected', worker, lease: item.lease, code: 'lease-unknown' })
}

/** Through the coordinator's own network, which serves one after the other. @param share of a vector */
function takenInAt(stage: Stage, share: number): Milliseconds {
  const { serverCapacity } = stage.world.costs
  if (serverCapacity === Infinity) return stage.now
  const ms = (share * unitMs) / serverCapacity
  stage.ingressFreeAt = Math.max(stage.now - ms, stage.ingressFreeAt) + ms
  return Math.max(stage.now, stage.ingressFreeAt)
}

/** While it has work in tiles. */
export function keepBeating(stage: Stage, tab: Tab): void {
  if (tab.isBeating) return
  const beatMs = Math.min(Infinity, ...tab.machine.queue.map(({ work }) => work.beatMs ?? Infinity))
  if (beatMs === Infinity) return
  tab.isBeating = true
  stage.queue.push(stage.now + beatMs, { to: 'beat', tab })
}

export function beat(stage: Stage, tab: Tab): void {
  tab.isBeating = false
  stage.tellTab(tab, { at: 0, type: 'beat' })
}
