// A tab that freezes as a whole, as when its machine sleeps: the browser's process for it is stopped.

import { type Browser, expect } from 'playwright/test'

export interface FrozenProcess {
  thaw(): void
}

/** Processor seconds of each process that renders pages, by its id. */
async function renderers(browser: Browser): Promise<Map<number, number>> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]))
}

/** The process that works most while this goes on: to be asked while one tab alone computes. */
export async function busiestRenderer(browser: Browser, meanwhile: () => Promise<void>): Promise<number> {
  const before = await renderers(browser)
  await meanwhile()
  const worked = [...(await renderers(browser))].map(([id, seconds]) => ({
    id,
    seconds: seconds - (before.get(id) ?? 0),
  }))
  const [busiest] = worked.sort((one, other) => other.seconds - one.seconds)
  expect(busiest, 'a page computes').toBeDefined()
  return busiest!.id
}

export function freeze(processId: number): FrozenProcess {
  process.kill(processId, 'SIGSTOP')
  return { thaw: () => void process.kill(processId, 'SIGCONT') }
}
