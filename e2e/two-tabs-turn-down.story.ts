// Others take over at once what tabs hold that turn slow, and their blocks shrink when their speed is known.

import type { RoundRecord } from '@muster/protocol'
import { type Coordinator, expect, runFile, test } from './stage.ts'

/** As the run file says. */
const partitions = 120

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

test('Two of six tabs turn down to a tenth of what they gave: others take over at once, and their blocks shrink', async ({
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

  // All six have been learnt, and nobody does what another has done.
  await coordinator.reach((await coordinator.round()) + 8, 90_000)
  const copiesOf = (rounds: readonly RoundRecord[]) => mean(rounds.map(copies))
  const isCalm = async () => copiesOf((await coordinator.rounds()).slice(-3))
  await expect.poll(isCalm, { timeout: 60_000, intervals: [300] }).toBeLessThan(1.35)
  const calm = copiesOf((await coordinator.rounds()).slice(-3))
  const blocksBefore = await blocks(coordinator, slowed)

  const from = await coordinator.round()
  for (const tab of tabs.slice(4)) await tab.share(5)

  // Stragglers at once, and others at work on what they hold: issued again, or given to several from the start.
  const isLate = async () => Math.max(0, ...(await coordinator.rounds(from)).map(({ stragglers }) => stragglers))
  await expect.poll(isLate, { timeout: 30_000, intervals: [200] }).toBeGreaterThan(0)
  const rises = async () => Math.max(0, ...(await coordinator.rounds(from)).slice(0, 10).map(copies))
  await expect.poll(rises, { timeout: 60_000, intervals: [300] }).toBeGreaterThan(calm + 0.05)
  const { workers } = await coordinator.snapshot()
  const straggled = (name: string) => workers.find(({ worker }) => worker === name)?.straggled ?? 0
  expect(Math.max(...slowed.map(straggled)), 'the slowed tabs are the stragglers').toBeGreaterThan(0)

  // As their new speed is learnt their blocks shrink, and what had been done for them is let go.
  await expect
    .poll(() => blocks(coordinator, slowed), { timeout: 90_000, intervals: [500], message: 'their blocks shrink' })
    .toBeLessThan(blocksBefore / 2)
  const falls = async () => copiesOf((await coordinator.rounds(from)).slice(-3))
  await expect
    .poll(falls, { timeout: 90_000, intervals: [500], message: 'no more copies than before' })
    .toBeLessThan(calm + 0.3)
})

/** How often a partition was given out in a round. */
const copies = ({ redundancy, reissued }: RoundRecord): number => redundancy + reissued / partitions

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
