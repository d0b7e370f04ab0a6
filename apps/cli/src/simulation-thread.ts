// The entry of the threads in which simulations run side by side: one task after the other.

import { parentPort, workerData } from 'node:worker_threads'
import { type CellPlan, type GridSize, measureCell, type ParsedTrace } from '@muster/simulator'
import { type StormTask, weather } from './simulation/weather.ts'
import type { TaskReply } from './task-pool.ts'

export interface CellTask {
  readonly kind: 'cell'
  readonly plan: CellPlan
  readonly size: GridSize
  /** Names of those who are compared; absent: all. */
  readonly only?: readonly string[] | undefined
}

export interface SimulationShared {
  /** By name, as plans call them. */
  readonly traces: ReadonlyMap<string, ParsedTrace>
}

export type SimulationTask = CellTask | StormTask

parentPort?.on('message', (task: SimulationTask) => {
  try {
    parentPort?.postMessage({ result: carryOut(task) } satisfies TaskReply<unknown>)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    parentPort?.postMessage({ error: text } satisfies TaskReply<unknown>)
  }
})

function carryOut(task: SimulationTask): unknown {
  if (task.kind === 'storms') return weather(task)
  const { traces } = workerData as SimulationShared
  const { plan, size, only } = task
  return measureCell(plan, size, plan.trace === null ? undefined : traces.get(plan.trace), only)
}
