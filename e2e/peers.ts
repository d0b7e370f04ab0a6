// What stories about peers ask of a run: the figures of its newest round, and whether it learns.

import type { PanelGraph, RoundRecord } from '@muster/protocol'
import { type Coordinator, expect } from './stage.ts'

export const newestRound = async (coordinator: Coordinator): Promise<RoundRecord | undefined> =>
  (await coordinator.rounds()).at(-1)

/** Who talks to whom, as the dashboard is told. */
export async function graphOf(coordinator: Coordinator): Promise<PanelGraph> {
  const { strategy } = await coordinator.snapshot()
  expect(strategy.panel?.graph, 'there is a graph').toBeTruthy()
  return strategy.panel!.graph!
}

/** Nobody knows of any before the first round. */
export const iterations = async (coordinator: Coordinator): Promise<number> =>
  (await newestRound(coordinator))?.figures.iterations ?? 0

/** Waits for a round at whose end so many edges were direct and so many relayed. */
export async function linked(
  coordinator: Coordinator,
  edges: { readonly direct: number; readonly relayed: number },
): Promise<void> {
  const found = async () => {
    const { directEdges, relayedEdges } = (await newestRound(coordinator))?.figures ?? {}
    return { direct: directEdges, relayed: relayedEdges }
  }
  await expect.poll(found, { timeout: 45_000, intervals: [300], message: 'who is joined how' }).toEqual(edges)
}

export async function learns(coordinator: Coordinator, accuracyWanted: number, timeout = 60_000): Promise<void> {
  const accuracy = async () => (await coordinator.snapshot()).testAccuracy ?? 0
  await expect
    .poll(accuracy, { timeout, intervals: [300], message: 'the mean of all estimates is right so often' })
    .toBeGreaterThan(accuracyWanted)
}

/** Mixing was symmetric in every iteration that all peers have told of, and kept the mean where nothing was lost. */
export function expectBalance(rounds: readonly RoundRecord[]): void {
  expect(
    rounds.reduce((sum, { figures }) => sum + figures.unbalanced!, 0),
    'unbalanced iterations',
  ).toBe(0)
}

/**
 * Who comes or goes makes others neighbours, and ends a round that is being gathered. What is on its way then, to a
 * neighbour of before or to that round, is refused by a count and is nobody's fault; nothing else is.
 */
export async function expectNoRefusal(coordinator: Coordinator): Promise<void> {
  const { 'peer-not-neighbour': _, 'round-closed': __, ...others } = (await coordinator.snapshot()).refused
  expect(others, 'refused').toEqual({})
}
