#!/usr/bin/env node
// `muster` from a checkout: builds what has changed, then runs it.

import { buildAll } from '../../../scripts/build.mjs'

await buildAll()
await import('../../../dist/node/muster.mjs')
