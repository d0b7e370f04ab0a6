// Programs for Node from the workspaces' sources: one file for each entry, and what they share beside them.

import path from 'node:path'
import { root } from './install.mjs'

/** `entries`: source by name, from the repository's root. Former shared parts stay: a server may be running on them. */
export async function bundleForNode(entries, folder) {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, path.join(root, file)])),
    platform: 'node',
    // npm's packages stay where they are; only the workspaces are bundled.
    external: id => !id.startsWith('.') && !path.isAbsolute(id) && !id.startsWith('@muster/'),
  })
  await bundle.write({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'shared-[hash].mjs',
  })
  await bundle.close()
}
