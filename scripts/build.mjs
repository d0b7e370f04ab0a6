// Builds what runs: the command line, the server and its threads with rolldown, the pages with Vite. Skips what is
// newer than its sources.

import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleForNode } from './bundle.mjs'
import { installDependencies, root } from './install.mjs'

const entries = {
  muster: 'apps/cli/src/main.ts',
  'vector-thread': 'apps/coordinator/src/data-plane/vector-thread.ts',
  'evaluation-thread': 'apps/coordinator/src/data-plane/evaluation-thread.ts',
  'simulation-thread': 'apps/cli/src/simulation-thread.ts',
}

function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue
    const file = path.join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(file) : statSync(file).mtimeMs)
  }
  return latest
}

const isFresh = (output, folders) => {
  const file = path.join(root, output)
  if (!existsSync(file)) return false
  const sources = Math.max(
    ...folders.map(folder => newest(path.join(root, folder))),
    statSync(path.join(root, 'package-lock.json')).mtimeMs,
  )
  return statSync(file).mtimeMs > sources
}

async function buildNode() {
  if (isFresh('dist/node/muster.mjs', ['packages', 'apps/cli', 'apps/coordinator'])) return
  await bundleForNode(entries, path.join(root, 'dist/node'))
}

async function buildPages() {
  if (isFresh('dist/pages/index.html', ['packages', 'apps/worker', 'apps/dashboard'])) return
  const { build } = await import('vite')
  await build({ configFile: path.join(root, 'vite.config.ts'), logLevel: 'error' })
}

export async function buildAll() {
  installDependencies()
  await Promise.all([buildNode(), buildPages()])
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildAll()
