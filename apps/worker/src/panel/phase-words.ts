// What the page says in each state: one short headline, one sentence of what it means and what to do.

import type { BackendName } from '@muster/vocabulary'
import type { Status } from '../volunteer-link.ts'

export interface PhaseWords {
  readonly headline: string
  readonly sentence: string
  readonly tone: 'calm' | 'active' | 'warn' | 'bad'
}

export const isWorking = ({ phase }: Status): boolean =>
  phase === 'starting' || phase === 'waiting' || phase === 'computing'

const others = (count: number): string => {
  if (count === 0) return 'Nobody is training at the moment.'
  return count === 1 ? 'One tab is training now.' : `${count} tabs are training now.`
}

function whileWaiting({ progress }: Status): PhaseWords {
  if (progress?.phase === 'paused') {
    return {
      headline: 'Run paused',
      sentence: 'The operator has paused the run. Nothing to do: this tab goes on when the run does.',
      tone: 'calm',
    }
  }
  return { headline: 'Waiting', sentence: 'Ready. The next round will call this tab.', tone: 'active' }
}

function whileLooking({ progress, connection }: Status): PhaseWords {
  if (connection === 'connecting') {
    return { headline: 'Connecting', sentence: 'Asking the coordinator what is being trained.', tone: 'calm' }
  }
  const now = progress === null ? '' : ` ${others(progress.workers)}`
  return { headline: 'Ready when you are', sentence: `Nothing runs on your device yet.${now}`, tone: 'calm' }
}

function whileOffline(status: Status): PhaseWords {
  const meanwhile = isWorking(status)
    ? 'This tab goes on by itself when it does; nothing is lost.'
    : 'This page tries again by itself.'
  return { headline: 'Offline', sentence: `The coordinator does not answer. ${meanwhile}`, tone: 'warn' }
}

export function phaseWords(status: Status): PhaseWords {
  const { phase, connection, message } = status
  if (phase === 'failed') {
    return { headline: 'Stopped', sentence: message ?? 'Something went wrong. Reload the page.', tone: 'bad' }
  }
  if (phase === 'ended') {
    const thanks =
      status.contributed.results > 0 ? 'Thank you: the model carries your work.' : 'Thank you for coming by.'
    return { headline: 'The run has ended', sentence: `${thanks} You can close this tab.`, tone: 'calm' }
  }
  if (connection === 'offline') return whileOffline(status)
  switch (phase) {
    case 'looking':
      return whileLooking(status)
    case 'starting':
      if (connection === 'connecting') {
        return { headline: 'Connecting', sentence: 'Begins as soon as the coordinator answers.', tone: 'active' }
      }
      return {
        headline: 'Getting ready',
        sentence: 'Choosing how to compute and warming up. This takes a few seconds.',
        tone: 'active',
      }
    case 'waiting':
      return whileWaiting(status)
    case 'computing':
      return {
        headline: 'Computing',
        sentence: 'You can use other tabs; this one goes on when hidden.',
        tone: 'active',
      }
    case 'paused':
      return { headline: 'Paused', sentence: 'Nothing is being computed on your device.', tone: 'calm' }
  }
}

export const connectionWords: Record<Status['connection'], string> = {
  connecting: 'Connecting',
  connected: 'Connected',
  offline: 'Offline, trying again',
}

/** Best first. */
export const backendWords: Record<BackendName, { readonly name: string; readonly meaning: string }> = {
  webgpu: { name: 'WebGPU', meaning: 'the graphics chip, by the newest way' },
  webgl: { name: 'WebGL', meaning: 'the graphics chip, by an older way' },
  wasm: { name: 'WebAssembly', meaning: 'the processor, compiled code' },
  cpu: { name: 'plain JavaScript', meaning: 'the processor, slowest way' },
}

export const buttonWords = (status: Status): string => {
  if (status.phase === 'failed') return 'Reload the page'
  if (status.phase === 'ended') return 'Nothing left to compute'
  if (isWorking(status)) return 'Pause'
  return status.phase === 'paused' ? 'Go on' : 'Begin'
}
