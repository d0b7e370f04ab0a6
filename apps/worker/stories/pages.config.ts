// The pages with a fake volunteer behind them: `npx vite build -c apps/worker/stories/pages.config.ts`.
// The volunteer id chooses the story: localStorage['muster.volunteer'] = 'story-busy' (empty, offline, ended, ...).

import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vite'
import pages from '../../../vite.config.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default mergeConfig(pages, {
  // The package itself, not what lies below it.
  resolve: { alias: [{ find: /^@muster\/volunteer$/, replacement: here('./fake-volunteer.ts') }] },
  build: { outDir: here('../../../dist/stories') },
})
