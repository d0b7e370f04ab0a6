// What every story plays on: real coordinators in processes of their own, real tabs, and an eye on the console.
// A story ends with everything that it started, and fails when a page complained.

import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command, RoundRecord, RunEvent, Snapshot } from '@muster/protocol'
import { type BrowserContext, test as base, type ConsoleMessage, expect, type Page } from 'playwright/test'

/** The command line. */
export const program = fileURLToPath(new URL('../dist/node/muster.mjs', import.meta.url))
const startMsMax = 60_000

export const runFile = (name: string): string => fileURLToPath(new URL(`./runs/${name}.json`, import.meta.url))
export const demonstration = fileURLToPath(new URL('../examples/digits-mlp.json', import.meta.url))

/** A coordinator process, and what anybody can ask it over HTTP. */
export class Coordinator {
  readonly origin: string
  readonly token: string
  readonly dataFolder: string
  private readonly process: ChildProcess

  constructor(process: ChildProcess, origin: string, token: string, dataFolder: string) {
    this.process = process
    this.origin = origin
    this.token = token
    this.dataFolder = dataFolder
  }

  get port(): number {
    return Number(new URL(this.origin).port)
  }

  async read<Answer>(address: string): Promise<Answer> {
    const response = await fetch(this.origin + address)
    expect(response.ok, `${address} answered ${response.status}`).toBe(true)
    return (await response.json()) as Answer
  }

  snapshot = (): Promise<Snapshot> => this.read('/api/snapshot')
  rounds = (from = 0): Promise<RoundRecord[]> => this.read(`/api/rounds?from=${from}&limit=10000`)
  events = (): Promise<RunEvent[]> => this.read('/api/events')
  round = async (): Promise<number> => (await this.read<{ round: number }>('/healthz')).round

  command(command: Command, token: string | null = this.token): Promise<Response> {
    return fetch(`${this.origin}/api/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(command),
    })
  }

  /** Waits until so many rounds are applied. */
  async reach(round: number, timeout = 60_000): Promise<void> {
    await expect.poll(this.round, { timeout, message: `round ${round} is reached` }).toBeGreaterThanOrEqual(round)
  }

  /** Waits until so many workers are in the roster. */
  async gather(workers: number, timeout = 45_000): Promise<void> {
    const present = async () => (await this.snapshot()).workers.length
    await expect.poll(present, { timeout, message: `${workers} workers are present` }).toBe(workers)
  }

  /** Lets a tab begin; its worker's name, once the coordinator counts on it. */
  async call(tab: Tab): Promise<string> {
    const names = async () => (await this.snapshot()).workers.map(({ worker }) => worker)
    const before = await names()
    await tab.begin()
    let newcomer: string | undefined
    const find = async () => {
      newcomer = (await names()).find(name => !before.includes(name))
      return newcomer
    }
    await expect.poll(find, { timeout: 45_000, intervals: [50], message: 'the tab is in the roster' }).toBeDefined()
    return newcomer!
  }

  /** As a crash: no word to anybody. */
  kill = (): Promise<void> => end(this.process, 'SIGKILL')
  stop = (): Promise<void> => end(this.process, 'SIGTERM')
}

export interface TabSettings {
  readonly backend?: 'webgpu' | 'webgl' | 'wasm' | 'cpu'
  readonly share?: number
  /** Without pressing the button. */
  readonly begin?: boolean
}

/** A volunteer's page, and what it says of itself. */
export class Tab {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  begin = (): Promise<void> => this.page.getByTestId('begin').click()
  phase = (): Promise<string | null> => this.page.getByTestId('phase').getAttribute('data-phase')
  backend = (): Promise<string | null> => this.page.getByTestId('backend').getAttribute('data-value')
  /** Answers in the model. */
  contributed = async (): Promise<number> =>
    Number(await this.page.getByTestId('contributed-results').getAttribute('data-value'))
  /** Pieces computed to their end, also those that others answered first. */
  computed = async (): Promise<number> =>
    Number(await this.page.getByTestId('contributed-pieces').getAttribute('data-value'))

  /** Milliseconds on pieces, finished or dropped because others had answered. */
  worked = async (): Promise<number> =>
    Number(await this.page.getByTestId('contributed-time').getAttribute('data-value'))

  /** Turns the slider, as a hand would: by its keys. */
  async share(percent: number): Promise<void> {
    const slider = this.page.getByTestId('share')
    await slider.fill(String(percent))
    await expect(slider).toHaveValue(String(percent))
  }

  async becomes(phase: string, timeout = 45_000): Promise<void> {
    await expect(this.page.getByTestId('phase')).toHaveAttribute('data-phase', phase, { timeout })
  }
}

/** A headless worker in a process of its own, under the name that it has among peers. */
export interface HeadlessWorker {
  readonly name: string
  /** As a crash: no word to anybody. */
  kill(): Promise<void>
}

export interface Stage {
  startCoordinator(file: string, place?: { readonly dataFolder: string; readonly port: number }): Promise<Coordinator>
  /** Tabs of one browser profile are one volunteer. */
  openTab(coordinator: Coordinator, settings?: TabSettings, profile?: BrowserContext): Promise<Tab>
  startWorker(coordinator: Coordinator): HeadlessWorker
  openDashboard(coordinator: Coordinator, token?: string | null): Promise<Page>
  /** Watches another page's console, too. */
  watch(page: Page): Page
  /** A complaint in the console that this story provokes. */
  allow(complaint: RegExp): void
}

export const test = base.extend<{ stage: Stage }, { madeData: string }>({
  // The demonstration's data set takes seconds to draw: it is drawn once and copied.
  madeData: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'muster-story-data-'))
      const coordinator = await launch(demonstration, folder, 0)
      await coordinator.stop()
      rmSync(path.join(folder, 'operator-token'))
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 2 * startMsMax },
  ],

  stage: async ({ context, madeData }, use) => {
    const folders: string[] = []
    const coordinators: Coordinator[] = []
    const workers: ChildProcess[] = []
    const complaints = new Set<string>()
    const allowed: RegExp[] = []

    const watch = (page: Page): Page => {
      page.on('console', (message: ConsoleMessage) => {
        if (message.type() === 'error') complaints.add(`${message.text()} (${message.location().url})`)
      })
      page.on('pageerror', error => complaints.add(String(error)))
      return page
    }

    await use({
      async startCoordinator(file, place) {
        const dataFolder = place?.dataFolder ?? mkdtempSync(path.join(tmpdir(), 'muster-story-'))
        if (place === undefined) {
          folders.push(dataFolder)
          cpSync(madeData, dataFolder, { recursive: true })
        }
        const coordinator = await launch(file, dataFolder, place?.port ?? 0)
        coordinators.push(coordinator)
        return coordinator
      },
      async openTab(coordinator, { backend = 'wasm', share, begin = false } = {}, profile = context) {
        const page = watch(await profile.newPage())
        const query = new URLSearchParams({ backend })
        if (share !== undefined) query.set('share', String(share))
        if (begin) query.set('begin', '')
        await page.goto(`${coordinator.origin}/?${query}`)
        return new Tab(page)
      },
      startWorker(coordinator) {
        const name = `headless-${workers.length}`
        const child = spawn(process.execPath, [program, 'worker', coordinator.origin], {
          env: { ...process.env, MUSTER_TAB: name },
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        workers.push(child)
        return { name, kill: () => end(child, 'SIGKILL') }
      },
      async openDashboard(coordinator, token = coordinator.token) {
        const page = watch(await context.newPage())
        await page.goto(`${coordinator.origin}/dashboard${token === null ? '' : `#token=${token}`}`)
        return page
      },
      watch,
      allow: complaint => void allowed.push(complaint),
    })

    // Pages first: a page that outlives its coordinator complains, and rightly so.
    await context.close()
    await Promise.all(workers.map(worker => end(worker, 'SIGTERM')))
    await Promise.all(coordinators.map(coordinator => coordinator.stop()))
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    expect(
      [...complaints].filter(complaint => !allowed.some(pattern => pattern.test(complaint))),
      'the pages say nothing in the console',
    ).toEqual([])
  },
})

export { expect }

/** Starts a coordinator and resolves when it has printed its addresses. */
function launch(file: string, dataFolder: string, port: number): Promise<Coordinator> {
  const child = spawn(process.execPath, [program, 'start', file, '--port', String(port), '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let printed = ''
    const timer = setTimeout(() => reject(new Error(`The coordinator did not start:\n${printed}`)), startMsMax)
    const hear = (chunk: Buffer) => {
      printed += chunk
      const [, origin, token] = /Dashboard\s+(http\S+)\/dashboard#token=(\S+)\s/.exec(printed) ?? []
      if (origin === undefined || token === undefined) return
      clearTimeout(timer)
      resolve(new Coordinator(child, origin, token, dataFolder))
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`The coordinator ended with ${code}:\n${printed}`))
    })
  })
}

/** Ends a process of ours and waits until it is gone. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(timer)
}
