// The Web Worker's start: everything that computes and talks to the coordinator lives behind this line.

import './configure-schemas.ts'

import { serveVolunteer } from '@muster/volunteer'

serveVolunteer(self)
