export { drawFaults, type Fault, type FaultAt } from './faults.ts'
export {
  equalFleet,
  exponentialJitter,
  fluidBound,
  logNormalFleet,
  noJitter,
  type SimulatedWorker,
  unitMs,
  type World,
} from './population.ts'
export { type Simulation, type SimulationSettings, simulate } from './simulate.ts'
export type { SimulatedRound } from './stage.ts'
