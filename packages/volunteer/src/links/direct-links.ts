// Direct links between peers, as those see them who use them: who is linked, what is said. How a link is made
// (link.ts) and where (in this thread, or behind a page) does not show.

import type { PeerSignal } from '@muster/protocol'

export type PeerMessage = string | Uint8Array<ArrayBuffer>

/** Told of one neighbour after another; a neighbour that is not wanted any more is not told of. */
export type LinkState = 'connecting' | 'open' | 'failed'

export interface DirectLinks {
  /**
   * The neighbours that links are wanted to from now on: others are closed, missing ones begun. Of two peers the one
   * with the lesser name makes the offer. Saying the same again changes nothing.
   */
  want(neighbours: readonly string[]): void
  /**
   * What a neighbour said through the coordinator to make the link. It is not trusted: what does not fit is ignored. A
   * few signals of peers that are not wanted yet are kept for a while.
   */
  signal(from: string, signal: PeerSignal): void
  /**
   * Whether there was an open link with room in its queue; if not, nothing was sent. Strings keep their order, and
   * bytes keep theirs, but strings overtake bytes. The bytes must not be changed afterwards: they are not copied.
   */
  send(to: string, message: PeerMessage): boolean
  close(): void
}

export interface DirectLinksPorts {
  sendSignal(to: string, signal: PeerSignal): void
  /**
   * 'failed': not open within the deadline, or lost. As long as it is wanted it is tried again after a while, a few
   * times; but not where the neighbour sent what nobody may send.
   */
  onState(neighbour: string, state: LinkState): void
  onMessage(from: string, message: PeerMessage): void
  /** `send` said no to an open link, and there is room again. */
  onRoom?(neighbour: string): void
}

export interface IceServer {
  readonly urls: string | string[]
  readonly username?: string
  readonly credential?: string
}

export interface LinkSettings {
  /** This peer's name. */
  readonly self: string
  /** Servers that tell a peer its public address, or forward what cannot go directly; may be none. */
  readonly iceServers: readonly IceServer[]
  /** A link that is not open by then has failed; 5 s unless said. */
  readonly deadlineMs?: number
  /** The first pause before a link is tried again, doubled each time; 0.5 s unless said. */
  readonly retryMs?: number
  /** Longer messages are not sent; a neighbour that begins one loses its link. */
  readonly messageBytesMax: number
}

export type OpenDirectLinks = (settings: LinkSettings, ports: DirectLinksPorts) => DirectLinks
