// The Web Worker's start: everything that computes and talks to the coordinator lives behind this line.

import { serveVolunteer } from '@muster/volunteer'

serveVolunteer(globalThis as unknown as Parameters<typeof serveVolunteer>[0])
