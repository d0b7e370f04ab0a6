// `npm start`: installs what is missing, builds, starts the demonstration run. Flags go through to `muster start`.

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildAll } from './build.mjs'
import { root } from './install.mjs'

console.log('Building ...')
await buildAll()
process.argv.splice(2, 0, 'start')
await import(pathToFileURL(path.join(root, 'dist/node/muster.mjs')).href)
