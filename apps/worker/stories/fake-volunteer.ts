// Stands in for @muster/volunteer where no coordinator runs: plays a run by itself, for looking at the page.
// Never part of what is shipped: only stories/pages.config.ts puts it in place.

import type { VolunteerCommand, VolunteerPhase, VolunteerSettings } from '@muster/volunteer'
import type { Status } from '../src/volunteer-link.ts'
import { accuracyAt, lossAt, storyRun } from './run-story.ts'

type Incoming = { readonly type: 'open'; readonly settings: VolunteerSettings } | VolunteerCommand
type Story = 'busy' | 'empty' | 'offline' | 'ended' | 'failed' | 'fresh'

export function serveVolunteer(scope: {
  postMessage: (message: unknown) => void
  addEventListener: (type: 'message', listener: (event: MessageEvent<Incoming>) => void) => void
}): void {
  let story: Story = 'busy'
  let phase: VolunteerPhase = 'looking'
  let share = 1
  let round = 84
  let results = 0
  let backend: Status['backend'] = null

  const status = (): Status => ({
    connection: story === 'offline' ? 'offline' : story === 'fresh' ? 'connecting' : 'connected',
    phase: story === 'ended' ? 'ended' : story === 'failed' ? 'failed' : phase,
    share,
    backend,
    backendNotes:
      backend === 'wasm'
        ? [
            { backend: 'webgpu', whyNot: 'This address is not https, so the browser hides WebGPU.' },
            { backend: 'webgl', whyNot: 'This device has no 32-bit float textures.' },
          ]
        : [],
    run: story === 'fresh' ? null : storyRun,
    progress:
      story === 'fresh' || story === 'failed'
        ? null
        : {
            phase: story === 'empty' ? 'waiting' : story === 'ended' ? 'ended' : 'running',
            round: story === 'empty' ? 0 : round,
            roundsEnd: 300,
            workers: story === 'empty' ? 0 : 6,
            loss: story === 'empty' ? null : lossAt(round),
            testAccuracy: story === 'empty' ? null : accuracyAt(round - (round % 5)),
            curve:
              story === 'empty'
                ? []
                : Array.from({ length: round }, (_, index) => [
                    index + 1,
                    lossAt(index + 1),
                    (index + 1) % 5 === 0 ? accuracyAt(index + 1) : null,
                  ]),
          },
    contributed: {
      results,
      samples: results * 352,
      partitions: Math.round(results * 11 * 1.4),
      computeMs: results * 412,
    },
    msPerPartition: backend === null ? null : 37.5 / share,
    message:
      story === 'failed'
        ? 'No way to compute works in this browser: WebAssembly is switched off. Allow it for this address, or use another browser, then reload.'
        : null,
    session: 'story-session',
  })
  const show = (): void => scope.postMessage(status())

  setInterval(() => {
    if (story !== 'busy' || (phase !== 'waiting' && phase !== 'computing')) return
    if (phase === 'waiting') round += 1
    else results += 1
    phase = phase === 'waiting' ? 'computing' : 'waiting'
    show()
  }, 350)

  scope.addEventListener('message', ({ data }) => {
    if (data.type === 'open') {
      share = data.settings.share
      story = (data.settings.volunteer.split('-')[1] as Story | undefined) ?? 'busy'
      if (story === 'ended') results = 118
      setTimeout(show, 150)
    } else if (data.type === 'begin') {
      phase = 'starting'
      setTimeout(() => {
        phase = 'waiting'
        backend = 'wasm'
        show()
      }, 600)
    } else if (data.type === 'pause') phase = 'paused'
    else if (data.type === 'set-share') share = data.share
    show()
  })
}
