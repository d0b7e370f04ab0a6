// A worker process of the calibration: the production volunteer, whose partitions last as long as was drawn.

import { createVolunteer } from '@muster/volunteer'
import { drawDelays, staggeredDelays } from './delays.ts'
import { measureEchoes } from './echo.ts'
import { timeRequests } from './request-times.ts'
import type { WorkerOrder, WorkerReport, WorkerRequest } from './worker-messages.ts'

const echoes = 100

const { url, seat, workers, partitions, delaySeed, delayFactor, isProbe, countedFrom } = JSON.parse(
  process.argv[2]!,
) as WorkerOrder
const delays = delaySeed === null ? staggeredDelays : drawDelays(delaySeed)
const requests = isProbe ? timeRequests() : { downloadsMs: [], uploadsMs: [] }
let workedMs = 0
let delayMs = 0

const volunteer = createVolunteer(
  { coordinator: url, volunteer: 'calibration', tab: `w${seat}`, share: 1, backend: 'cpu' },
  {
    partitionBytesMax: 2 ** 26,
    slowness(round, partitionMs) {
      const wanted = (delayFactor * delays(seat, round) * workers) / partitions
      if (round >= countedFrom) {
        workedMs += partitionMs
        delayMs += wanted
      }
      return wanted / partitionMs
    },
  },
  status => {
    if (status.phase !== 'failed') return
    console.error(`worker ${seat}: ${status.message}`)
    process.exit(1)
  },
)
volunteer.command({ type: 'begin' })

process.on('message', async (request: WorkerRequest) => {
  const answer: WorkerReport | readonly number[] =
    request === 'echo' ? await measureEchoes(url, echoes) : { workedMs, delayMs, ...requests }
  process.send!(answer)
})
// A worker does not outlive its benchmark.
process.once('disconnect', () => process.exit(0))
