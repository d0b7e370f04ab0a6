// `npm run experiment`: installs what is missing, bundles the experiments as the command line is bundled, runs one.

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleForNode } from './bundle.mjs'
import { installDependencies, root } from './install.mjs'

const entries = { main: 'experiments/main.ts', 'task-thread': 'experiments/task-thread.ts' }
const folder = path.join(root, 'dist', 'experiments')

installDependencies()
await bundleForNode(entries, folder)
const { main } = await import(pathToFileURL(path.join(folder, 'main.mjs')).href)
await main(root)
