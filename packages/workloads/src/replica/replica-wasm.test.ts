import { useInstalledWasm } from '../node-wasm.ts'
import { replicaSuite } from './replica-suite.ts'

useInstalledWasm()
replicaSuite('wasm')
