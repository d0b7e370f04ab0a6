// Checks types three times: what may touch nothing, what runs in a browser, what runs on Node.

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { root } from './install.mjs'

const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
const failed = ['tsconfig.pure.json', 'tsconfig.web.json', 'tsconfig.json'].filter(
  project => spawnSync(process.execPath, [compiler, '-p', project], { cwd: root, stdio: 'inherit' }).status !== 0,
)
process.exit(failed.length === 0 ? 0 : 1)
