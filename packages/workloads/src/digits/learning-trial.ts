// Test support: one process that trains by itself on the digits with momentum, as plainly as possible.

import { evaluate } from '../evaluate.ts'
import { initialParameters } from '../initial-parameters.ts'
import { type ModelSpec, networkOf } from '../model.ts'
import { roundBatch } from '../partition.ts'
import { takeBatch } from '../samples.ts'
import { createGradientComputer } from '../tensorflow-computer.ts'
import { makeDigits } from './digits.ts'

const passes = 30
const batchSize = 1000
const momentum = 0.9

/** Test accuracy after 30 passes on the current backend; the seed makes data, parameters and batches. */
export async function accuracyAfterTraining(spec: ModelSpec, learningRate: number, seed: number): Promise<number> {
  const { train, test, inputShape, classes } = makeDigits({ seed })
  const network = networkOf(spec, { inputShape, classes })
  const computer = createGradientComputer(network)
  const parameters = initialParameters(network, seed)
  const velocity = new Float32Array(parameters.length)
  for (let round = 0; round < (passes * train.count) / batchSize; round++) {
    computer.loadParameters(parameters)
    const sum = computer.newSum()
    await sum.add(takeBatch(train, roundBatch(seed, round, 0, train.count, batchSize)))
    const { gradient, samples } = await sum.read()
    sum.dispose()
    for (let i = 0; i < parameters.length; i++) {
      velocity[i] = momentum * velocity[i]! + gradient[i]! / samples
      parameters[i]! -= learningRate * velocity[i]!
    }
  }
  computer.loadParameters(parameters)
  const { accuracy } = await evaluate(computer, test)
  computer.dispose()
  return accuracy
}
