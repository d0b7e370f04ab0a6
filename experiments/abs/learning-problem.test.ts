import { roundSamples, sliceSamples } from '@muster/workloads'
import { expect, test } from 'vitest'
import { bringData, type TrainingData } from '../learning/bring-data.ts'
import { createBatchDraw } from './draw-batches.ts'
import { createLearningProblem, sampleNumbers } from './learning-problem.ts'
import { batchPerPartition, partitions } from './setting.ts'

const sizes = { train: 800, test: 200, probe: 300 }
const bring = (): Promise<TrainingData> => bringData(undefined, sizes, 1, 'abs')

test('without a folder the project’s own digits are learnt, the same each time, in shared memory', async () => {
  const data = await bring()
  expect(data.name).toBe('digits')
  expect([data.train.count, data.test.count]).toEqual([sizes.train, sizes.test])
  expect(data.train.inputs.buffer).toBeInstanceOf(SharedArrayBuffer)
  const again = await bring()
  expect(Buffer.compare(again.train.inputs as Uint8Array, data.train.inputs as Uint8Array)).toBe(0)
  expect(again.test.labels).toEqual(data.test.labels)
})

test('a folder that is none is refused', async () => {
  await expect(bringData('/no such folder', sizes, 1, 'abs')).rejects.toThrow('/no such folder')
})

test('batches are those of the house, draw after draw, across passes and backwards', async () => {
  const numbers = sliceSamples(sampleNumbers(await bring(), 'iid'), 100, 150)
  const rounds = { seed: 5, batchPerPartition: 16, inputShape: [1], augmentation: null }
  const draw = createBatchDraw({ seed: 5, batchPerPartition: 16, numbers, partition: 3 })
  for (const round of [0, 1, 2, 3, 4, 17, 2, 90, 40, 3])
    expect(draw(round)).toEqual(roundSamples(rounds, numbers, round, 3).inputs)
})

test('sorted by label, a partition sees at most two labels; each sample is there once', async () => {
  const data = await bring()
  const numbers = sampleNumbers(data, 'sorted')
  expect(new Set(numbers.inputs).size).toBe(sizes.train)
  const size = sizes.train / partitions
  for (let j = 0; j < partitions; j++) {
    const labels = new Set(Array.from(numbers.inputs.subarray(j * size, (j + 1) * size), i => data.train.labels[i]!))
    expect(labels.size).toBeLessThanOrEqual(2)
  }
  expect([...sampleNumbers(data, 'iid').inputs.subarray(0, 3)]).toEqual([0, 1, 2])
})

test('direct descent learns: the same seed, the same loss', async () => {
  const data = await bring()
  const learn = (rounds: number) => {
    const problem = createLearningProblem(data, 'iid', 2)
    const parameters = problem.start()
    for (let round = 0; round < rounds; round++) {
      const { gradient } = problem.gradient(parameters, round, round % partitions)
      gradient.forEach((slope, p) => {
        parameters[p]! -= (0.3 * slope) / batchPerPartition
      })
    }
    return { loss: problem.trainingLoss(parameters, 300), accuracy: problem.testAccuracy(parameters) }
  }
  const learnt = learn(80)
  expect(learn(80).loss).toBe(learnt.loss)
  expect(learnt.loss).toBeLessThan(0.8 * learn(0).loss)
  expect(learnt.accuracy).toBeGreaterThan(0.3)
})
