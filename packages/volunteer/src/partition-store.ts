// Data partitions by content hash: fetched when first needed, kept while they fit. The browser's own cache stands
// behind this one, since what a hash names never changes.

import { decodeCutSamples, type Samples } from '@muster/workloads'

export interface PartitionStore {
  get(hash: string): Promise<Samples>
}

export function createPartitionStore(
  fetchBytes: (path: string) => Promise<Uint8Array>,
  bytesMax: number,
): PartitionStore {
  const kept = new Map<string, Promise<Samples>>()
  const sizes = new Map<string, number>()
  const bytesKept = () => [...sizes.values()].reduce((sum, size) => sum + size, 0)

  async function load(hash: string): Promise<Samples> {
    const bytes = await fetchBytes(`/api/blobs/${hash}`)
    const samples = decodeCutSamples(bytes)
    sizes.set(hash, bytes.byteLength)
    // Least recently used first; what was just fetched stays.
    for (const oldest of kept.keys()) {
      if (bytesKept() <= bytesMax || oldest === hash) break
      kept.delete(oldest)
      sizes.delete(oldest)
    }
    return samples
  }

  return {
    get(hash) {
      const known = kept.get(hash)
      if (known) kept.delete(hash)
      const samples = known ?? load(hash)
      kept.set(hash, samples)
      // A failed download is tried again the next time it is needed.
      samples.catch(() => kept.delete(hash))
      return samples
    },
  }
}
