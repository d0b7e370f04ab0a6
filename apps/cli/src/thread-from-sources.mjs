// Tests run from sources, and a thread does not inherit the runner's way of reading them: this reads the entry with tsx.

import { register } from 'tsx/esm/api'

register()
await import('./simulation-thread.ts')
