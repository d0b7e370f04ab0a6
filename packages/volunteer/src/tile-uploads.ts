// Tiles on their way to the coordinator, in frames of one or of several that lie side by side. Each frame was taken on the
// device when it was due; here it waits, is read back and is posted, at most two at a time, so that one is read while the
// other is sent. What has not been begun when its lease is over never is.

import type { WorkItem } from '@muster/engine'
import { encodeResultFrame } from '@muster/protocol'
import type { LeaseId, Milliseconds, RoundNumber } from '@muster/vocabulary'
import type { GradientRange } from '@muster/workloads'

export interface TilesToSend {
  readonly item: WorkItem
  readonly covers: number
  readonly computeMs: Milliseconds
  readonly firstCoordinate: number
  /** How many tiles it is. */
  readonly count: number
  /** Freed here, whatever becomes of them. */
  readonly range: GradientRange
}

export interface TileUploadPorts {
  /** False where the coordinator refused it: it knows. Throws where it could not be reached. */
  post(frame: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** Asked once of each lease, before its first frame is sent: it is lost as often as a whole answer would be. */
  isLost(round: RoundNumber): boolean
  /** Of each tile. `ms`: how long the uplink was busy with it; no moment is counted for two. */
  onSent(lease: LeaseId, ms: Milliseconds): void
  /** Of a frame. `error` is null where it was lost on purpose. */
  onFailed(lease: LeaseId, error: unknown): void
  /** Once of a lease that is over, where one of its tiles was accepted: the samples of the largest. */
  onAnswered(samples: number): void
}

export interface TileUploads {
  add(tiles: TilesToSend): void
  end(lease: LeaseId): void
}

interface Account {
  underWay: number
  isOver: boolean
  /** Whether it has been asked if the lease is lost. */
  isAsked: boolean
  samples: number
}

const underWayMax = 2

export function createTileUploads(ports: TileUploadPorts): TileUploads {
  const accounts = new Map<LeaseId, Account>()
  let queue: readonly TilesToSend[] = []
  let underWay = 0
  let readBefore: Promise<unknown> = Promise.resolve()
  let uplinkFreeAt: Milliseconds = 0

  function accountOf(lease: LeaseId): Account {
    const account = accounts.get(lease) ?? { underWay: 0, isOver: false, isAsked: false, samples: 0 }
    accounts.set(lease, account)
    return account
  }

  function goOn(): void {
    while (underWay < underWayMax && queue.length > 0) {
      const [next, ...rest] = queue
      queue = rest
      void carry(next!)
    }
  }

  function isLost(account: Account, round: RoundNumber): boolean {
    if (account.isAsked) return false
    account.isAsked = true
    return ports.isLost(round)
  }

  async function carry(tiles: TilesToSend): Promise<void> {
    const { lease, round, modelVersion } = tiles.item
    const account = accountOf(lease)
    account.underWay++
    underWay++
    const reading = tiles.range.read().finally(() => tiles.range.dispose())
    // However long reading takes: posts begin in the order of the frames.
    const turn = readBefore
    readBefore = Promise.allSettled([turn, reading])
    try {
      // In this order: who waits for its turn last would be overtaken by the next, if that has been read already.
      await turn
      const { gradient: vector, lossSum, samples } = await reading
      if (account.isOver) return
      if (isLost(account, round)) return ports.onFailed(lease, null)
      const { covers, computeMs, firstCoordinate, count } = tiles
      const coordinates = vector.length
      const header = { lease, round, modelVersion, covers, samples, firstCoordinate, coordinates, computeMs, lossSum }
      const { accepted, ms } = await post(encodeResultFrame({ header, vector }))
      if (accepted) account.samples = Math.max(account.samples, samples)
      for (let i = 0; i < count; i++) ports.onSent(lease, ms / count)
    } catch (error) {
      ports.onFailed(lease, error)
    } finally {
      account.underWay--
      underWay--
      close(lease, account)
      goOn()
    }
  }

  async function post(frame: Uint8Array<ArrayBuffer>): Promise<{ accepted: boolean; ms: Milliseconds }> {
    const startedAt = performance.now()
    try {
      const accepted = await ports.post(frame)
      return { accepted, ms: busySince(startedAt) }
    } catch (error) {
      busySince(startedAt)
      throw error
    }
  }

  /** Until now, without what an earlier post has been charged with. */
  function busySince(startedAt: Milliseconds): Milliseconds {
    const now = performance.now()
    const ms = now - Math.max(startedAt, uplinkFreeAt)
    uplinkFreeAt = now
    return ms
  }

  function close(lease: LeaseId, { isOver, underWay: left, samples }: Account): void {
    if (!isOver || left > 0) return
    accounts.delete(lease)
    if (samples > 0) ports.onAnswered(samples)
  }

  return {
    add(tiles) {
      accountOf(tiles.item.lease)
      queue = [...queue, tiles]
      goOn()
    },
    end(lease) {
      const account = accounts.get(lease)
      if (!account) return
      account.isOver = true
      for (const { item, range } of queue) if (item.lease === lease) range.dispose()
      queue = queue.filter(({ item }) => item.lease !== lease)
      close(lease, account)
    },
  }
}
