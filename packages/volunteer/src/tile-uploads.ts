// Tiles on their way to the coordinator. Each was taken on the device when it was due; here it waits, is read back and is
// posted, at most two at a time, so that one is read while the other is sent. What has not been begun when its lease is
// over never is.

import type { WorkItem } from '@muster/engine'
import { encodeResultFrame } from '@muster/protocol'
import type { LeaseId, Milliseconds, RoundNumber } from '@muster/vocabulary'
import type { GradientRange } from '@muster/workloads'

export interface Tile {
  readonly item: WorkItem
  readonly covers: number
  readonly computeMs: Milliseconds
  readonly firstCoordinate: number
  /** Freed here, whatever becomes of the tile. */
  readonly range: GradientRange
}

export interface TileUploadPorts {
  /** False where the coordinator refused it: it knows. Throws where it could not be reached. */
  post(frame: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** Asked once of each tile. */
  isLost(round: RoundNumber): boolean
  /** `ms`: how long the uplink was busy with it; no moment is counted for two. */
  onSent(lease: LeaseId, ms: Milliseconds): void
  /** `error` is null where it was lost on purpose. */
  onFailed(lease: LeaseId, error: unknown): void
  /** Once of a lease that is over, where one of its tiles was accepted: the samples of the largest. */
  onAnswered(samples: number): void
}

export interface TileUploads {
  add(tile: Tile): void
  end(lease: LeaseId): void
}

interface Account {
  underWay: number
  isOver: boolean
  samples: number
}

const underWayMax = 2

export function createTileUploads(ports: TileUploadPorts): TileUploads {
  const accounts = new Map<LeaseId, Account>()
  let queue: readonly Tile[] = []
  let underWay = 0
  let readBefore: Promise<unknown> = Promise.resolve()
  let uplinkFreeAt: Milliseconds = 0

  function accountOf(lease: LeaseId): Account {
    const account = accounts.get(lease) ?? { underWay: 0, isOver: false, samples: 0 }
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

  async function carry(tile: Tile): Promise<void> {
    const { lease, round, modelVersion } = tile.item
    const account = accountOf(lease)
    account.underWay++
    underWay++
    const reading = tile.range.read().finally(() => tile.range.dispose())
    // However long reading takes: posts begin in the order of the tiles.
    const turn = readBefore
    readBefore = Promise.allSettled([turn, reading])
    try {
      const { gradient: vector, lossSum, samples } = await reading
      await turn
      if (account.isOver) return
      if (ports.isLost(round)) return ports.onFailed(lease, null)
      const { covers, computeMs, firstCoordinate } = tile
      const coordinates = vector.length
      const header = { lease, round, modelVersion, covers, samples, firstCoordinate, coordinates, computeMs, lossSum }
      const { accepted, ms } = await post(encodeResultFrame({ header, vector }))
      if (accepted) account.samples = Math.max(account.samples, samples)
      ports.onSent(lease, ms)
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
    add(tile) {
      accountOf(tile.item.lease)
      queue = [...queue, tile]
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
