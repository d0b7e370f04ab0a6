// `npm run bench`: installs what is missing, bundles the benchmarks as the command line is bundled, runs one.

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleForNode } from './bundle.mjs'
import { installDependencies, root } from './install.mjs'

const entries = {
  main: 'benchmarks/main.ts',
  'calibration-worker': 'benchmarks/calibration/worker.ts',
  'vector-thread': 'apps/coordinator/src/data-plane/vector-thread.ts',
  'evaluation-thread': 'apps/coordinator/src/data-plane/evaluation-thread.ts',
}
const folder = path.join(root, 'dist', 'benchmarks')

installDependencies()
await bundleForNode(entries, folder)
await import(pathToFileURL(path.join(folder, 'main.mjs')).href)
