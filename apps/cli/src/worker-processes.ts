// Headless workers as processes of their own, so that one can be killed, frozen or slowed like a tab.

import { type ChildProcess, spawn } from 'node:child_process'
import { type Losses, lossProcess } from '@muster/numerics'
import { programFile } from './built-parts.ts'

export interface WorkerProcess {
  readonly tab: string
  readonly process: ChildProcess
  /** It has been started, and is not to work before it is told to. */
  isWaiting: boolean
}

/** From round to round: how much slower than it could be. Whole rounds, both ends included. */
export interface Slowness {
  readonly from: number
  readonly to: number
  readonly factor: number
}

/** Answers lost on the way in these rounds, drawn by a key. */
export interface LossSpell {
  readonly from: number
  readonly to: number
  readonly losses: Losses
  readonly key: readonly (string | number)[]
}

/** What a rehearsed worker goes through. */
export interface Hardship {
  readonly slowness: readonly Slowness[]
  readonly losses: readonly LossSpell[]
}

export function startWorkerProcess(url: string, tab: string, hardship: Hardship, isWaiting: boolean): WorkerProcess {
  const child = spawn(process.execPath, [programFile, 'worker', url, '--name', 'rehearsal'], {
    env: { ...process.env, MUSTER_TAB: tab, MUSTER_WAIT: isWaiting ? '1' : '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.send(hardship)
  return { tab, process: child, isWaiting }
}

/** Several workers from one command line; they end with it. */
export function startWorkerProcesses(
  url: string,
  count: number,
  flags: { readonly share: string; readonly name: string },
): Promise<void> {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [programFile, 'worker', url, '--share', flags.share, '--name', flags.name], {
      stdio: 'inherit',
    }),
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => children.forEach(child => void child.kill(signal)))
  return Promise.all(children.map(child => new Promise(resolve => child.once('exit', resolve)))).then(() => {})
}

export interface Prompter {
  /** How much slower than it could be in a round. */
  slowness(round: number): number
  /** Whether an answer to a lease of that round is lost; asked once of each. */
  losesAnswer(round: number): boolean
  /** Resolves when the worker may begin; at once where nobody prompts. */
  readonly begun: Promise<void>
}

/** In a worker that a rehearsal started: what the rehearsal tells it. */
export function listenToRehearsal(): Prompter {
  let spells: readonly Slowness[] = []
  let losing: readonly { readonly spell: LossSpell; isLost(): boolean }[] = []
  let begin = () => {}
  const begun = process.env.MUSTER_WAIT ? new Promise<void>(resolve => (begin = resolve)) : Promise.resolve()
  process.on('message', (message: Hardship | 'begin') => {
    if (message === 'begin') return begin()
    spells = message.slowness
    losing = message.losses.map(spell => ({ spell, isLost: lossProcess(spell.losses, ...spell.key) }))
  })
  // A worker does not outlive its rehearsal.
  if (process.channel) process.once('disconnect', () => process.exit(0))
  const slowness = (round: number) =>
    spells.reduce((factor, spell) => (isWithin(spell, round) ? Math.max(factor, spell.factor) : factor), 1)
  const losesAnswer = (round: number) =>
    losing.filter(({ spell }) => isWithin(spell, round)).some(({ isLost }) => isLost())
  return { slowness, losesAnswer, begun }
}

const isWithin = ({ from, to }: { from: number; to: number }, round: number) => round >= from && round <= to
