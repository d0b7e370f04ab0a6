// What peers say: to each other over data channels or through the coordinator, and to the coordinator. One schema per
// message; estimates travel in frames (estimate-frame.ts).

import type { ConvenerWord, EstimateName, PeerReport, PeerWord } from '@muster/vocabulary'
import * as z from 'zod/mini'
import { limits } from './limits.ts'
import { name as peer } from './name.ts'
import { peerSignal } from './peer-signal.ts'

const count = z.int().check(z.gte(0), z.lt(2 ** 32))
const milliseconds = z.number().check(z.gte(0), z.lt(1e12))
const peers = z.array(peer).check(z.maxLength(limits.workersMax))
const iterationName = { generation: count, iteration: count }
const named = <Type extends string>(type: Type) => ({ type: z.literal(type), ...iterationName })

export const peerWord: z.ZodMiniType<PeerWord> = z.discriminatedUnion('type', [
  z.object(named('step-finished')),
  z.object(named('iteration-over')),
  z.object({ ...named('edge-decided'), isActive: z.boolean() }),
  z.object({
    type: z.literal('epoch-known'),
    generation: count,
    epoch: count,
    covered: z.array(count).check(z.maxLength(limits.workersMax)),
  }),
  z.object({ ...named('asked-again'), isFinished: z.boolean() }),
  z.object(named('estimate-gone')),
  z.object({ type: z.literal('estimate-wanted'), generation: count }),
])

export const estimateName: z.ZodMiniType<EstimateName> = z.object({
  ...iterationName,
  purpose: z.enum(['mix', 'start']),
  degree: count.check(z.lt(limits.workersMax)),
})

/** Through the coordinator, which passes it on to neighbours: a word, what makes a link, or that an estimate is there. */
const relayed = z.union([
  z.object({ word: peerWord }),
  z.object({ signal: peerSignal }),
  z.object({ estimate: estimateName }),
])
export type Relayed = z.infer<typeof relayed>

/** Peer -> coordinator. */
export const relay = z.object({ to: peers.check(z.minLength(1)), item: relayed })
export type Relay = z.infer<typeof relay>

/** Coordinator -> peer: what a neighbour said. */
export const heard = z.object({ from: peer, item: relayed })
export type Heard = z.infer<typeof heard>

const edges = z.array(z.readonly(z.tuple([peer, peer])))

/** Coordinator -> peer. */
export const convene: z.ZodMiniType<ConvenerWord> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('arranged'),
    generation: count,
    peers,
    edges,
    partitions: z.array(count).check(z.maxLength(limits.partitionsMax)),
    iterationsBefore: count,
    keepsEstimate: z.boolean(),
    sources: peers,
    rules: z.object({
      decider: z.enum(['coordinator', 'peers']),
      unfinished: z.enum(['carry-over', 'redraw']),
      order: z.enum(['ATC', 'CTA']),
      links: z.enum(['direct', 'relayed']),
      patienceMs: milliseconds,
      heartBeatMs: milliseconds,
    }),
  }),
  z.object({ ...named('iteration-decided'), active: edges }),
  z.object({ type: z.literal('rest') }),
])

const share = z.number().check(z.gte(0), z.lte(1))

/** Peer -> coordinator. */
export const peerReport: z.ZodMiniType<PeerReport> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('standing'), iterations: z.nullable(count), generation: count }),
  z.object(named('step-finished')),
  z.object({
    type: z.literal('iterations-told'),
    told: z
      .array(
        z.object({
          ...iterationName,
          ms: milliseconds,
          isFinished: z.boolean(),
          weights: z.record(peer, share),
          isTorn: z.boolean(),
        }),
      )
      .check(z.maxLength(limits.iterationsToldMax)),
  }),
  z.object({ type: z.literal('links-told'), direct: peers, relayed: peers }),
])
