import { createMemoryStorage } from './memory-storage.ts'
import { storageSuite } from './storage-suite.ts'

storageSuite('memory', { open: createMemoryStorage, reopen: storage => storage })
