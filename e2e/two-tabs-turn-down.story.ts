// Redundancy follows what is observed: it rises at once when tabs turn slow, and falls when their speed is known.

import type { RoundRecord } from '@muster/protocol'
import { type Coordinator, expect, runFile, test } from './stage.ts'

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const redundancyOf = (rounds: readonly RoundRecord[]): number => mean(rounds.map(({ redundancy }) => redundancy))

test('Two of six tabs turn down to a tenth of what they gave: redundancy rises at once, and falls back as their blocks shrink', async ({
  stage,
}) => {
  test.setTimeout(180_000)
  const coordinator = await stage.startCoordinator(runFile('many-partitions'))
  const tabs = []
  // At half of their share they leave the processor some air: turning down then means slower, not less crowded.
  for (let i = 0; i < 6; i++) tabs.push(await stage.openTab(coordinator, { share: 0.5 }))
  const names: string[] = []
  for (const tab of tabs) names.push(await coordinator.call(tab))
  const slowed = names.slice(4)

  // All six have been learnt, and redundancy has come to rest.
  await coordinator.reach((await coordinator.round()) + 8, 90_000)
  const isCalm = async () => redundancyOf((await coordinator.rounds()).slice(-3))
  await expect.poll(isCalm, { timeout: 60_000, intervals: [300] }).toBeLessThan(1.35)
  const calm = (await coordinator.rounds()).slice(-3)
  const blocksBefore = await blocks(coordinator, slowed)

  const from = await coordinator.round()
  for (const tab of tabs.slice(4)) await tab.share(5)

  // Stragglers at once, and more redundancy as soon as two rounds were lost to them.
  const isLate = async () => Math.max(0, ...(await coordinator.rounds(from)).map(({ stragglers }) => stragglers))
  await expect.poll(isLate, { timeout: 30_000, intervals: [200] }).toBeGreaterThan(0)
  const rises = async () => {
    const rounds = await coordinator.rounds(from)
    return Math.max(0, ...rounds.slice(0, 10).map(({ redundancy }) => redundancy))
  }
  await expect.poll(rises, { timeout: 60_000, intervals: [300] }).toBeGreaterThanOrEqual(redundancyOf(calm) + 0.5)
  const { workers } = await coordinator.snapshot()
  const straggled = (name: string) => workers.find(({ worker }) => worker === name)?.straggled ?? 0
  expect(Math.max(...slowed.map(straggled)), 'the slowed tabs are the stragglers').toBeGreaterThan(0)

  // As their new speed is learnt their blocks shrink, and what had been raised for them is let go.
  await expect
    .poll(() => blocks(coordinator, slowed), { timeout: 90_000, intervals: [500], message: 'their blocks shrink' })
    .toBeLessThan(blocksBefore / 2)
  const falls = async () => redundancyOf((await coordinator.rounds(from)).slice(-3))
  await expect
    .poll(falls, { timeout: 90_000, intervals: [500], message: 'redundancy falls back' })
    .toBeLessThan(redundancyOf(calm) + 0.3)
})

/** Mean size of what these workers were given in the last rounds that called them. */
async function blocks(coordinator: Coordinator, names: readonly string[]): Promise<number> {
  const { lanes } = await coordinator.snapshot()
  const given = lanes
    .slice(-4)
    .flatMap(({ workers }) =>
      workers.filter(({ worker }) => names.includes(worker)).map(({ partitions }) => partitions),
    )
  return given.length === 0 ? Number.POSITIVE_INFINITY : mean(given)
}
