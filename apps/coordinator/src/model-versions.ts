// The parameters that can be fetched: the present version and those still under way, by version and by content hash.

import type { ModelVersion } from '@muster/vocabulary'

const versionsKept = 4

export interface Published {
  readonly hash: string
  readonly parameters: Float32Array<ArrayBuffer>
}

export interface ModelVersions {
  publish(version: ModelVersion, model: Published): void
  get(version: ModelVersion): Published | undefined
  byHash(hash: string): Published | undefined
  newest(): Published
}

export function createModelVersions(): ModelVersions {
  const versions = new Map<ModelVersion, Published>()
  return {
    publish(version, { parameters, hash }) {
      versions.set(version, { parameters, hash })
      versions.delete(version - versionsKept)
    },
    get: version => versions.get(version),
    byHash: hash => [...versions.values()].find(version => version.hash === hash),
    newest: () => [...versions.values()].at(-1)!,
  }
}
