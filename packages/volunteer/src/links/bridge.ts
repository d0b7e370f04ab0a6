// What a worker and its page say to each other so that the page holds the worker's direct links: a Web Worker has no
// peer connections. Each record bears the same mark, so that it passes beside everything else they say.

import type { PeerSignal } from '@muster/protocol'
import type { LinkSettings, LinkState, PeerMessage } from './direct-links.ts'

interface Marked {
  readonly type: 'links'
  /** A worker may open one set of links after another. */
  readonly set: number
}

export type ToHost = Marked &
  (
    | { readonly what: 'open'; readonly settings: LinkSettings }
    | { readonly what: 'want'; readonly wish: number; readonly neighbours: readonly string[] }
    | { readonly what: 'signal'; readonly from: string; readonly signal: PeerSignal }
    | { readonly what: 'send'; readonly to: string; readonly message: PeerMessage }
    /** The worker has dealt with so many bytes of a neighbour's messages. */
    | { readonly what: 'heard'; readonly from: string; readonly bytes: number }
    | { readonly what: 'close' }
  )

/** `wish`: the last that the page knew of. What it says of an earlier one is out of date. */
export type ToWorker = Marked & { readonly wish: number } & (
    | { readonly what: 'signal'; readonly to: string; readonly signal: PeerSignal }
    | { readonly what: 'state'; readonly neighbour: string; readonly state: LinkState }
    | { readonly what: 'message'; readonly from: string; readonly message: PeerMessage }
    /** So many bytes for a neighbour wait on the page no longer. */
    | { readonly what: 'taken'; readonly to: string; readonly bytes: number }
  )

export const isOfBridge = (message: unknown): message is ToHost | ToWorker =>
  typeof message === 'object' && message !== null && (message as { type?: unknown }).type === 'links'

/** Either end: the worker's own scope, or the page's Worker. */
export interface BridgeEnd {
  postMessage(message: unknown, options: { transfer: Transferable[] }): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** What is sent away by transfer is gone here. */
export const transferOf = (message: PeerMessage): Transferable[] =>
  typeof message === 'string' ? [] : [message.buffer]
