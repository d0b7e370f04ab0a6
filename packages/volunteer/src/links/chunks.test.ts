import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkAt, chunkHeaderBytes, chunkPayloadBytes, createReassembly, numberAfter } from './chunks.ts'

const messageBytesMax = 5 * chunkPayloadBytes
const bytes = (length: number, seed: number) => new Uint8Array(length).map((_, i) => i * 7 + (i >> 8) + seed)
const cut = (number: number, message: Uint8Array): ArrayBuffer[] => {
  const chunks = [chunkAt(number, message, 0)]
  for (let offset = chunkPayloadBytes; offset < message.byteLength; offset += chunkPayloadBytes)
    chunks.push(chunkAt(number, message, offset))
  return chunks.map(({ buffer }) => buffer)
}
const length = fc.oneof(
  fc.nat(messageBytesMax),
  fc.constantFrom(0, 1, chunkPayloadBytes - 1, chunkPayloadBytes, chunkPayloadBytes + 1, messageBytesMax),
)

test('messages come back as they were, one after another', () => {
  fc.assert(
    fc.property(fc.array(length, { maxLength: 6 }), lengths => {
      const { take } = createReassembly(messageBytesMax)
      for (const [number, size] of lengths.entries()) {
        const message = bytes(size, number)
        const taken = cut(number, message).map(take)
        expect(taken.slice(0, -1).every(result => result === 'incomplete')).toBe(true)
        expect(Buffer.compare(taken.at(-1) as Uint8Array, message)).toBe(0)
      }
    }),
  )
})

test('a part of a larger array is sent as that part', () => {
  const { take } = createReassembly(messageBytesMax)
  const whole = bytes(50, 3)
  expect(take(chunkAt(0, whole.subarray(10, 20), 0).buffer)).toEqual(whole.slice(10, 20))
})

test('a chunk that is changed in its header, cut, grown, repeated or left out is malformed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: messageBytesMax }),
      fc.nat(),
      fc.constantFrom('header', 'cut', 'grown', 'repeated', 'left out'),
      fc.nat(chunkHeaderBytes - 1),
      (size, which, harm, at) => {
        const chunks = cut(0, bytes(size, 0))
        const index = which % chunks.length
        const good = new Uint8Array(chunks[index]!)
        fc.pre(harm !== 'left out' || index < chunks.length - 1)
        // That a first chunk belongs to a longer message may be true.
        fc.pre(harm !== 'header' || index > 0 || at < 4 || at >= 8)
        const { take } = createReassembly(messageBytesMax)
        for (const chunk of chunks.slice(0, index)) expect(take(chunk)).toBe('incomplete')
        const bad = {
          header: () => good.map((byte, i) => (i === at ? byte ^ 0x80 : byte)),
          cut: () => good.slice(0, -1),
          grown: () => Uint8Array.of(...good, 0),
          repeated: () => {
            take(good.slice().buffer)
            return good
          },
          'left out': () => new Uint8Array(chunks[index + 1]!),
        }[harm]()
        expect(take(bad.buffer)).toBe('malformed')
      },
    ),
  )
})

test('a message longer than allowed is refused by its first chunk; random bytes are no message', () => {
  expect(createReassembly(100).take(chunkAt(0, bytes(101, 0), 0).buffer)).toBe('malformed')
  expect(createReassembly(100).take(chunkAt(0, bytes(100, 0), 0).buffer)).toEqual(bytes(100, 0))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), random => {
      fc.pre(random.some(byte => byte !== 0))
      expect(createReassembly(messageBytesMax).take(random.slice().buffer)).toBe('malformed')
    }),
  )
})

test('numbers go round', () => {
  expect(numberAfter(0)).toBe(1)
  expect(numberAfter(2 ** 32 - 1)).toBe(0)
})
