// When the page goes, the coordinator hears it at once: the lease is given on without waiting for its end.

import type { VolunteerLink } from '../volunteer-link.ts'

export function announceDeparture(link: VolunteerLink): void {
  addEventListener('pagehide', () => {
    // The Web Worker may be gone before its socket has said so; a beacon outlives the page.
    const { session } = link.status()
    link.send({ type: 'leave' })
    if (!session) return
    navigator.sendBeacon('/api/departures', new Blob([JSON.stringify({ session })], { type: 'application/json' }))
  })
  // A page put back from the browser's memory has left already: begin it anew.
  addEventListener('pageshow', event => {
    if (event.persisted) location.reload()
  })
}
