// A thread that does tasks of experiments, one after the other.

import { parentPort } from 'node:worker_threads'
import { experiments } from './all.ts'

const tasks = experiments.flatMap(({ tasks }) => tasks)

parentPort?.on('message', async ({ name, input }: { name: string; input: never }) => {
  const task = tasks.find(known => known.name === name)
  if (!task) throw new RangeError(`There is no task "${name}".`)
  parentPort?.postMessage(await task.run(input))
})
