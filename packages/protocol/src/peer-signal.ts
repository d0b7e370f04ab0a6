// What two peers tell each other through the coordinator to make a direct link. It comes from another volunteer, so
// every length is bounded; the coordinator passes it on and reads none of it.

import * as z from 'zod/mini'

/** Chosen at random by who makes the offer; answer and candidates name the offer they belong to. */
const attempt = z.int().check(z.gte(0), z.lt(2 ** 32))
/** A description of two data channels is about 500 characters, and 100 more for each address it lists. */
const sdp = z.string().check(z.maxLength(8_192))

export const peerSignal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('offer'), attempt, sdp }),
  z.object({ kind: z.literal('answer'), attempt, sdp }),
  z.object({
    kind: z.literal('candidate'),
    attempt,
    candidate: z.string().check(z.minLength(1), z.maxLength(512)),
    /** The section of the description it is for, by name and by place. */
    mid: z.nullable(z.string().check(z.maxLength(32))),
    line: z.nullable(z.int().check(z.gte(0), z.lt(16))),
  }),
])
export type PeerSignal = z.infer<typeof peerSignal>
