// One attempt to be connected with one neighbour: a peer connection with two channels, one for words and one for
// bytes, so that a word need not wait behind a tensor. Both sides agree on the channels beforehand; a neighbour that
// opens another, or sends what nobody may send, has broken the rules.

import type { PeerSignal } from '@muster/protocol'
import { createByteQueue } from './byte-queue.ts'
import { createReassembly } from './chunks.ts'
import type { PeerMessage } from './direct-links.ts'
import { bytesOf, isTooLong, spareBytes, wordBytesMax } from './message-size.ts'

export type Connect = (configuration: RTCConfiguration) => RTCPeerConnection

/** Words that wait in the channel; nobody has so much to say. */
const waitingWordBytesMax = 4 * wordBytesMax
/** A neighbour has a handful of addresses. */
const candidatesMax = 64

export interface ConnectionSettings {
  readonly configuration: RTCConfiguration
  readonly attempt: number
  readonly messageBytesMax: number
  /** How long it may be out of reach before it counts as lost. */
  readonly patienceMs: number
}

export interface ConnectionPorts {
  sendSignal(signal: PeerSignal): void
  onOpen(): void
  /** Said once, and not after `close`. */
  onEnd(why: 'lost' | 'broken-rules'): void
  onMessage(message: PeerMessage): void
  onRoom(): void
}

export interface Connection {
  makeOffer(): void
  takeOffer(sdp: string): void
  takeAnswer(sdp: string): void
  takeCandidate(candidate: RTCIceCandidateInit): void
  send(message: PeerMessage): boolean
  close(): void
}

/** Throws where the browser allows no connection. */
export function openConnection(connect: Connect, settings: ConnectionSettings, ports: ConnectionPorts): Connection {
  const { attempt, messageBytesMax } = settings
  const peer = connect(settings.configuration)
  let isOver = false
  let patience: ReturnType<typeof setTimeout> | undefined
  let channels: Channels | null = null
  let candidatesTaken = 0
  let isAnswered = false
  /** Of the neighbour, until its description is known. */
  let earlyCandidates: RTCIceCandidateInit[] | null = []
  /**
   * Of our own, until both descriptions are known here. Otherwise the answering side could begin to connect while this
   * side is still taking its answer, which Node's library does not bear on a busy machine: it refuses the certificate.
   */
  let unsaid: PeerSignal[] | null = []

  function close(): void {
    if (isOver) return
    isOver = true
    clearTimeout(patience)
    peer.close()
  }
  function end(why: 'lost' | 'broken-rules'): void {
    if (isOver) return
    close()
    ports.onEnd(why)
  }
  /** What fails in here ends the connection. What is not awaited cannot throw anywhere else. */
  const attemptTo = (step: () => Promise<void>): void => {
    step().catch(() => end('lost'))
  }

  peer.onicecandidate = ({ candidate }) => {
    if (isOver || !candidate?.candidate) return
    const { candidate: text, sdpMid, sdpMLineIndex } = candidate
    const signal: PeerSignal = {
      kind: 'candidate',
      attempt,
      // Node's library writes the line's prefix along, which is no part of the candidate.
      candidate: text.replace(/^a=/, ''),
      mid: sdpMid ?? null,
      line: sdpMLineIndex ?? null,
    }
    if (unsaid === null) ports.sendSignal(signal)
    else unsaid.push(signal)
  }
  peer.onconnectionstatechange = () => {
    if (isOver) return
    clearTimeout(patience)
    const { connectionState } = peer
    if (connectionState === 'failed' || connectionState === 'closed') end('lost')
    else if (connectionState === 'disconnected') patience = setTimeout(() => end('lost'), settings.patienceMs)
  }
  peer.ondatachannel = () => end('broken-rules')

  function sayCandidates(): void {
    const early = unsaid ?? []
    unsaid = null
    if (!isOver) for (const signal of early) ports.sendSignal(signal)
  }
  async function describeNeighbour(description: RTCSessionDescriptionInit): Promise<void> {
    await peer.setRemoteDescription(description)
    const early = earlyCandidates ?? []
    earlyCandidates = null
    for (const candidate of early) addCandidate(candidate)
  }
  /** An address that is of no use harms nobody: another may do. */
  function addCandidate(candidate: RTCIceCandidateInit): void {
    if (!isOver) peer.addIceCandidate(candidate).catch(() => {})
  }
  function openChannels(): void {
    channels = createChannels(peer, messageBytesMax, {
      onOpen: () => !isOver && ports.onOpen(),
      onMessage: message => !isOver && ports.onMessage(message),
      onRoom: () => !isOver && ports.onRoom(),
      onClose: () => end('lost'),
      onBrokenRules: () => end('broken-rules'),
    })
  }

  return {
    makeOffer: () =>
      attemptTo(async () => {
        openChannels()
        const offer = await peer.createOffer()
        if (isOver) return
        await peer.setLocalDescription(offer)
        if (!isOver) ports.sendSignal({ kind: 'offer', attempt, sdp: offer.sdp ?? '' })
      }),
    takeOffer: sdp =>
      attemptTo(async () => {
        await describeNeighbour({ type: 'offer', sdp })
        if (isOver) return
        openChannels()
        const answer = await peer.createAnswer()
        if (isOver) return
        await peer.setLocalDescription(answer)
        if (!isOver) ports.sendSignal({ kind: 'answer', attempt, sdp: answer.sdp ?? '' })
        sayCandidates()
      }),
    takeAnswer(sdp) {
      if (isAnswered) return
      isAnswered = true
      attemptTo(async () => {
        await describeNeighbour({ type: 'answer', sdp })
        sayCandidates()
      })
    },
    takeCandidate(candidate) {
      if (++candidatesTaken > candidatesMax) return
      if (earlyCandidates === null) addCandidate(candidate)
      else earlyCandidates.push(candidate)
    },
    send: message => !isOver && channels !== null && channels.send(message),
    close,
  }
}

interface ChannelsPorts {
  onOpen(): void
  onClose(): void
  onBrokenRules(): void
  onMessage(message: PeerMessage): void
  onRoom(): void
}

interface Channels {
  send(message: PeerMessage): boolean
}

function createChannels(peer: RTCPeerConnection, messageBytesMax: number, ports: ChannelsPorts): Channels {
  const words = peer.createDataChannel('words', { negotiated: true, id: 0 })
  const bytes = peer.createDataChannel('bytes', { negotiated: true, id: 1 })
  const queue = createByteQueue(bytes, 2 * messageBytesMax + spareBytes, ports.onRoom)
  const reassembly = createReassembly(messageBytesMax)
  let hasRefusedWords = false

  const isOpen = () => words.readyState === 'open' && bytes.readyState === 'open'
  let wasOpen = false
  for (const channel of [words, bytes]) {
    channel.binaryType = 'arraybuffer'
    channel.onopen = () => {
      if (wasOpen || !isOpen()) return
      wasOpen = true
      ports.onOpen()
    }
    channel.onclose = ports.onClose
  }
  words.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string' && data.length <= wordBytesMax) ports.onMessage(data)
    else ports.onBrokenRules()
  }
  bytes.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = data instanceof ArrayBuffer ? reassembly.take(data) : 'malformed'
    if (message === 'malformed') ports.onBrokenRules()
    else if (message !== 'incomplete') ports.onMessage(message)
  }
  words.onbufferedamountlow = () => {
    if (!hasRefusedWords) return
    hasRefusedWords = false
    ports.onRoom()
  }
  bytes.onbufferedamountlow = queue.goOn

  return {
    send(message) {
      if (!isOpen() || isTooLong(message, messageBytesMax)) return false
      if (typeof message !== 'string') return queue.push(message)
      try {
        hasRefusedWords ||= words.bufferedAmount + bytesOf(message) > waitingWordBytesMax
        if (hasRefusedWords) return false
        words.send(message)
        return true
      } catch {
        // The channel closed a moment ago, and will say so.
        return false
      }
    },
  }
}
