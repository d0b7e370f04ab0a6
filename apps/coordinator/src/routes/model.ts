// The model to take away: safetensors, or TensorFlow.js' layers format, which is a description and a file of weights.

import { createHash } from 'node:crypto'
import { ModelError } from '@muster/workloads'
import type { FastifyInstance } from 'fastify'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import { layersFiles, weightsFile } from '../weights-file.ts'
import { refuse } from './results.ts'

/** Weights of so many descriptions are kept, so that who has fetched one also gets the weights that it names. */
const describedMax = 4

export function serveModel(server: FastifyInstance, opened: OpenedRun, conductor: Conductor): void {
  const described = new Map<string, Uint8Array>()
  const newest = () => ({ parameters: conductor.versions.newest().parameters, round: conductor.run().round })

  server.get('/api/weights', async (_request, reply) => {
    const { parameters, round } = newest()
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${opened.id}-round-${round}.safetensors"`)
      .send(Buffer.from(weightsFile(opened, parameters, round)))
  })

  // `tf.loadLayersModel` takes this address as it is.
  server.get('/api/model/model.json', async (_request, reply) => {
    const { parameters, round } = newest()
    try {
      const name = (weights: Uint8Array) =>
        `weights-${createHash('sha256').update(weights).digest('hex').slice(0, 16)}.bin`
      const files = layersFiles(opened, parameters, round, name)
      described.set(files.weightsName, files.weights)
      for (const oldest of described.keys()) if (described.size > describedMax) described.delete(oldest)
      return reply.type('application/json').header('cache-control', 'no-store').send(Buffer.from(files.model))
    } catch (error) {
      if (error instanceof ModelError) return refuse(reply, 'model-inexpressible', error.message)
      throw error
    }
  })
  server.get<{ Params: { name: string } }>('/api/model/:name', async (request, reply) => {
    const weights = described.get(request.params.name)
    if (!weights) return refuse(reply, 'parameters-unknown')
    return reply.type('application/octet-stream').send(Buffer.from(weights))
  })
}
