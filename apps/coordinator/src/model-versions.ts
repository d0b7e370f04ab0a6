// The parameters that can be fetched: the last versions and those that somebody works on, by version and by content
// hash.

import type { ModelVersion } from '@muster/vocabulary'

/** Besides those that are worked on. */
const versionsKept = 4

export interface Published {
  readonly hash: string
  readonly parameters: Float32Array<ArrayBuffer>
}

export interface ModelVersions {
  publish(version: ModelVersion, model: Published, needed: ReadonlySet<ModelVersion>): void
  get(version: ModelVersion): Published | undefined
  byHash(hash: string): Published | undefined
  newest(): Published
}

export function createModelVersions(): ModelVersions {
  const versions = new Map<ModelVersion, Published>()
  return {
    publish(version, { parameters, hash }, needed) {
      versions.set(version, { parameters, hash })
      for (const kept of versions.keys()) if (kept <= version - versionsKept && !needed.has(kept)) versions.delete(kept)
    },
    get: version => versions.get(version),
    byHash: hash => [...versions.values()].find(version => version.hash === hash),
    newest: () => [...versions.values()].at(-1)!,
  }
}
