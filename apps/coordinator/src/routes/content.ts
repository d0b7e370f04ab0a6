// What never changes under its name: parameters and data partitions by content hash, for any cache to keep.

import type { Storage } from '@muster/storage'
import type { FastifyInstance } from 'fastify'
import type { Conductor } from '../conductor.ts'
import { refuse } from './results.ts'

const forEver = 'public, max-age=31536000, immutable'
const byHash = {
  params: { type: 'object', properties: { hash: { type: 'string', pattern: '^[0-9a-f]{64}$' } } },
} as const

export function serveContent(
  server: FastifyInstance,
  conductor: Conductor,
  storage: Storage,
  allowed: ReadonlySet<string>,
): void {
  server.get<{ Params: { hash: string } }>('/api/parameters/:hash', { schema: byHash }, async (request, reply) => {
    const bytes = conductor.versions.byHash(request.params.hash)?.bytes
    if (!bytes) return refuse(reply, 'parameters-unknown')
    return reply
      .header('cache-control', forEver)
      .type('application/octet-stream')
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  })

  // Only this run's training partitions: the test set and other runs' data stay here.
  server.get<{ Params: { hash: string } }>('/api/blobs/:hash', { schema: byHash }, async (request, reply) => {
    const bytes = allowed.has(request.params.hash) ? storage.blobs.get(request.params.hash) : undefined
    if (!bytes) return refuse(reply, 'blob-unknown')
    return reply
      .header('cache-control', forEver)
      .type('application/octet-stream')
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  })
}
