// What never changes under its name: parameters and data partitions by content hash, for any cache to keep.

import type { Storage } from '@muster/storage'
import type { FastifyInstance, FastifyReply } from 'fastify'
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
    const version = conductor.versions.byHash(request.params.hash)
    if (!version) return refuse(reply, 'parameters-unknown')
    return sendForEver(reply, version.parameters)
  })

  // Only this run's training partitions: the test set and other runs' data stay here.
  server.get<{ Params: { hash: string } }>('/api/blobs/:hash', { schema: byHash }, async (request, reply) => {
    const bytes = allowed.has(request.params.hash) ? storage.blobs.get(request.params.hash) : undefined
    if (!bytes) return refuse(reply, 'blob-unknown')
    return sendForEver(reply, bytes)
  })
}

const sendForEver = (
  reply: FastifyReply,
  { buffer, byteOffset, byteLength }: Uint8Array | Float32Array,
): FastifyReply =>
  reply
    .header('cache-control', forEver)
    .type('application/octet-stream')
    .send(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength))
