import { expect, test } from 'vitest'
import { createByteQueue, type SendingChannel } from './byte-queue.ts'
import { createReassembly } from './chunks.ts'

const megabyte = 2 ** 20

/** A channel that sends nothing before it is told to. */
function stalledChannel() {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const channel = {
    readyState: 'open' as RTCDataChannelState,
    bufferedAmount: 0,
    bufferedAmountLowThreshold: 0,
    send(chunk: Uint8Array<ArrayBuffer>) {
      chunks.push(chunk)
      channel.bufferedAmount += chunk.byteLength
    },
  } satisfies SendingChannel
  return { channel, chunks }
}

test('a stalled neighbour holds no more than the bound; order is kept when it goes on', () => {
  const { channel, chunks } = stalledChannel()
  let rooms = 0
  const queue = createByteQueue(channel, 4 * megabyte, () => rooms++)
  const message = (i: number) => new Uint8Array(1.5 * megabyte).fill(i)
  let pushed = 0
  while (queue.push(message(pushed))) pushed++
  // A little over 1 MiB is in the channel, no more than 4 MiB beside it.
  expect(pushed).toBe(3)
  expect(channel.bufferedAmount).toBeLessThan(1.1 * megabyte)
  while (channel.bufferedAmount > 0) {
    channel.bufferedAmount = 0
    queue.goOn()
  }
  expect(rooms).toBe(1)
  expect(queue.push(message(pushed++))).toBe(true)
  while (channel.bufferedAmount > 0) {
    channel.bufferedAmount = 0
    queue.goOn()
  }
  expect(rooms).toBe(1)
  const { take } = createReassembly(2 * megabyte)
  const heard = chunks.map(chunk => take(chunk.buffer)).filter(result => result !== 'incomplete')
  expect(heard.map(result => (result as Uint8Array)[0])).toEqual([0, 1, 2, 3])
})

test('empty messages take room too, and leave it', () => {
  const { channel } = stalledChannel()
  channel.bufferedAmount = 2 * megabyte
  const queue = createByteQueue(channel, 1_000, () => {})
  let pushed = 0
  while (queue.push(new Uint8Array(0))) pushed++
  expect(pushed).toBeLessThan(100)
  channel.bufferedAmount = 0
  queue.goOn()
  channel.bufferedAmount = 2 * megabyte
  let again = 0
  while (queue.push(new Uint8Array(0))) again++
  expect(again).toBe(pushed)
})

test('nothing is sent on a channel that is closed', () => {
  const { channel, chunks } = stalledChannel()
  const queue = createByteQueue(channel, 1_000, () => {})
  channel.readyState = 'closing'
  queue.push(new Uint8Array(10))
  expect(chunks).toEqual([])
})

test('a channel that closes while it is filled throws nothing at anybody', () => {
  const { channel } = stalledChannel()
  const queue = createByteQueue(
    {
      ...channel,
      send: () => {
        throw new Error('closed')
      },
    },
    1_000,
    () => {},
  )
  expect(queue.push(new Uint8Array(10))).toBe(true)
  queue.goOn()
})

test('room is said also where what was in the way left with a later push', () => {
  const { channel } = stalledChannel()
  let rooms = 0
  const queue = createByteQueue(channel, 2_000, () => rooms++)
  channel.bufferedAmount = 2 * megabyte
  expect(queue.push(new Uint8Array(1_000))).toBe(true)
  expect(queue.push(new Uint8Array(1_500))).toBe(false)
  channel.bufferedAmount = 0
  expect(queue.push(new Uint8Array(10))).toBe(true)
  expect(rooms).toBe(0)
  queue.goOn()
  expect(rooms).toBe(1)
})
