// The interface of all optimisers: from a mean gradient to the next parameters.
// Must not hold: the rate in force (it is handed in, and a schedule multiplies it) or where a gradient came from.
// Slots are float64 and saved as such: a resumed run has the bits of one that never stopped.

/** Plain data. `slots` are the optimiser's running vectors by name, d numbers each. */
export interface OptimiserState {
  /** Updates made so far. */
  readonly step: number
  readonly slots: Readonly<Record<string, Float64Array>>
}

export interface OptimiserUpdate {
  readonly parameters: Float32Array
  readonly state: OptimiserState
}

export interface Optimiser {
  /** The names that its state's slots have, none for plain descent. */
  readonly slotNames: readonly string[]
  /** The state before the first update: zeros. */
  init(parameterCount: number): OptimiserState
  /**
   * One step along the mean gradient, d numbers. Pure: writes into none of its inputs and keeps none of them.
   * @param learningRate the rate in force, before the schedule.
   * @throws RangeError when parameters, gradient and slots differ in length, or the state is another optimiser's.
   */
  update(parameters: Float32Array, gradient: Float64Array, state: OptimiserState, learningRate: number): OptimiserUpdate
}

/** @throws RangeError when the pieces of an update do not fit each other. */
export function refuseUnfitUpdate(
  slotNames: readonly string[],
  parameters: Float32Array,
  gradient: Float64Array,
  state: OptimiserState,
  learningRate: number,
): void {
  const expected = parameters.length
  if (gradient.length !== expected)
    throw new RangeError(`a gradient of ${gradient.length} numbers cannot update ${expected} parameters`)
  const found = Object.keys(state.slots)
  if (found.length !== slotNames.length || !slotNames.every(name => state.slots[name]?.length === expected))
    throw new RangeError(
      `this optimiser needs slots [${slotNames.join(', ')}] of ${expected} numbers, the state has ` +
        `[${found.map(name => `${name} of ${state.slots[name]!.length}`).join(', ')}]`,
    )
  if (!Number.isFinite(learningRate) || learningRate < 0)
    throw new RangeError(`the learning rate must be zero or a positive number, not ${learningRate}`)
}
