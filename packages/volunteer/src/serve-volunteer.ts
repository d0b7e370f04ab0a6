// The volunteer behind a page: lives in a dedicated Web Worker, hears commands, posts its status a few times a second.

import { isOfBridge } from './links/bridge.ts'
import { bridgedLinks } from './links/bridged-links.ts'
import type { VolunteerCommand, VolunteerOpening, VolunteerStatus } from './status.ts'
import { createVolunteer, type Volunteer } from './volunteer.ts'

const statusEveryMs = 200

/** What this needs of a DedicatedWorkerGlobalScope. */
export interface VolunteerScope {
  postMessage(message: unknown, options?: { transfer: Transferable[] }): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

export function serveVolunteer(scope: VolunteerScope): void {
  let volunteer: Volunteer | null = null
  let latest: VolunteerStatus | null = null
  let posted: VolunteerStatus | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  const post = () => {
    timer = null
    posted = latest
    scope.postMessage(latest)
  }

  scope.addEventListener('message', ({ data }: MessageEvent<VolunteerCommand | VolunteerOpening>) => {
    if (isOfBridge(data)) return
    if (data.type !== 'open') return volunteer?.command(data)
    const environment = {
      wasmPath: `${data.settings.coordinator.replace(/\/$/, '')}/wasm/`,
      partitionBytesMax: 96 * 2 ** 20,
      ...(data.hostsLinks && { openDirectLinks: bridgedLinks(scope) }),
    }
    volunteer = createVolunteer(data.settings, environment, status => {
      latest = status
      // A change of phase is shown at once, figures a few times a second.
      if (posted === null || posted.phase !== status.phase || posted.connection !== status.connection) {
        if (timer !== null) clearTimeout(timer)
        post()
      } else timer ??= setTimeout(post, statusEveryMs)
    })
  })
}
