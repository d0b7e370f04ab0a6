// Direct links in Node, over a native library. It is loaded when links are first opened; where it cannot be, every link
// fails at once, so that everything is relayed.

import type { PeerSignal } from '@muster/protocol'
import { type DirectLinks, linksOver, type OpenDirectLinks } from '@muster/volunteer/links'

/** What neighbours say while the library is being loaded. */
const earlySignalsMax = 256

/** `bindAddress`: of this machine, where not all its addresses are to be offered. */
export async function loadLibrary(bindAddress?: string): Promise<OpenDirectLinks> {
  const [{ cleanup }, { RTCError, RTCPeerConnection }] = await Promise.all([
    import('node-datachannel'),
    import('node-datachannel/polyfill'),
  ])
  // The library's channels report errors by this name, which browsers have and Node has not.
  Object.assign(globalThis, { RTCError })
  // Its threads are to be gone before what they work on is taken down.
  process.once('exit', cleanup)
  const own = bindAddress === undefined ? {} : { bindAddress }
  return linksOver(
    configuration => new RTCPeerConnection({ ...configuration, ...own } as never) as unknown as RTCPeerConnection,
  )
}

/** `load` is called once, `complain` once where it fails. */
export function nodeLinks(
  load: () => Promise<OpenDirectLinks> = loadLibrary,
  complain: (sentence: string) => void = console.error,
): OpenDirectLinks {
  let loading: Promise<OpenDirectLinks | null> | null = null
  const library = () => {
    loading ??= load().catch(error => {
      const why = error instanceof Error ? error.message : String(error)
      complain(`This worker makes no direct links to others; the coordinator relays what they say. (${why})`)
      return null
    })
    return loading
  }

  return (settings, ports) => {
    let links: DirectLinks | null = null
    let isAbsent = false
    let isClosed = false
    let wanted: readonly string[] = []
    let failed: ReadonlySet<string> = new Set()
    const early: { readonly from: string; readonly signal: PeerSignal }[] = []

    /** Each wanted neighbour is told of once. */
    function failAll(): void {
      const before = failed
      failed = new Set(wanted)
      for (const neighbour of failed) if (!before.has(neighbour)) ports.onState(neighbour, 'failed')
    }

    library().then(open => {
      if (isClosed) return
      if (open === null) {
        isAbsent = true
        return failAll()
      }
      links = open(settings, ports)
      links.want(wanted)
      for (const { from, signal } of early.splice(0)) links.signal(from, signal)
    })

    return {
      want(neighbours) {
        wanted = neighbours.filter(neighbour => neighbour !== settings.self)
        if (isAbsent && !isClosed) failAll()
        else links?.want(wanted)
      },
      signal(from, signal) {
        if (links !== null) links.signal(from, signal)
        else if (!isAbsent && early.length < earlySignalsMax) early.push({ from, signal })
      },
      send: (to, message) => links?.send(to, message) ?? false,
      close() {
        isClosed = true
        early.length = 0
        links?.close()
      },
    }
  }
}
