// The page's end of the line to its Web Worker: commands go down, statuses come up. No word is interpreted here. The
// page holds the worker's links to other tabs, since a Web Worker has no peer connections.

import './configure-schemas.ts'

import type { VolunteerCommand, VolunteerOpening, VolunteerSettings, VolunteerStatus } from '@muster/volunteer'
import { hostLinks, isOfBridge, linksOver } from '@muster/volunteer/links'
import { statusAtOpening } from '@muster/volunteer/status'

export type Status = VolunteerStatus

export interface VolunteerLink {
  readonly status: () => Status
  readonly subscribe: (listener: () => void) => () => void
  readonly send: (command: VolunteerCommand) => void
}

export function openVolunteer(settings: VolunteerSettings): VolunteerLink {
  let status = statusAtOpening(settings.share)
  const listeners = new Set<() => void>()
  const show = (next: Status): void => {
    status = next
    for (const listener of listeners) listener()
  }

  const worker = new Worker(new URL('./volunteer-worker.ts', import.meta.url), { type: 'module', name: 'muster' })
  worker.addEventListener('message', ({ data }: MessageEvent<Status>) => {
    if (!isOfBridge(data)) show(data)
  })
  worker.addEventListener('error', event => {
    // A script that did not load has no message; one that threw has.
    const why = event.message ? ` (${event.message})` : ''
    show({
      ...status,
      phase: 'failed',
      message: `The part of this page that computes has stopped${why}. Reload the page; if it stops again, try another browser.`,
    })
  })
  const hostsLinks = typeof RTCPeerConnection === 'function'
  if (hostsLinks) {
    const closeLinks = hostLinks(
      worker,
      linksOver(configuration => new RTCPeerConnection(configuration)),
    )
    // Neighbours then know at once; of a page that just ends they would learn after half a minute.
    addEventListener('pagehide', closeLinks)
  }
  worker.postMessage({ type: 'open', settings, hostsLinks } satisfies VolunteerOpening)

  return {
    status: () => status,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    send: command => worker.postMessage(command),
  }
}
