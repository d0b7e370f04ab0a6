export { type Contender, candidatesOf, contenders, contendersOf, type GridSize } from './compare/contenders.ts'
export { type CellPlan, cellsOf, costOf, leftOut, matrices, type NamedTrace } from './compare/matrix.ts'
export { type Cell, type Detail, defaultStrategy, measureCell } from './compare/measure-cell.ts'
export { type Ratio, rivalOf } from './compare/rivals.ts'
export { type Place, type StrategySummary, summarise } from './compare/summarise.ts'
export { drawFaults, type Fault, type FaultAt } from './faults.ts'
export {
  defaultWarmUp,
  type Limits,
  type Measurement,
  type MeasureSettings,
  measure,
  parameterCount,
  partitionsFor,
  rememberedLimits,
} from './measure.ts'
export type { Problem } from './problem.ts'
export {
  type SimulatedUpdate,
  type Simulation,
  type SimulationSettings,
  simulate,
  type UnlistedStrategy,
} from './simulate.ts'
export { type SimulatedRound, unitMs } from './stage.ts'
export { type StormSettings, storm } from './storm.ts'
export {
  createWorld,
  type WorldDescription,
  type WorldSettings,
  worldDescriptions,
  worldNames,
} from './worlds/create-world.ts'
export { fluidBound, genieBound, hindsightBound, redundancyBound } from './worlds/limits.ts'
export { type ParsedTrace, readTrace } from './worlds/read-trace.ts'
export type { Costs, Occupant, World } from './worlds/world.ts'
