import { useInstalledWasm } from '../node-wasm.ts'
import { curvatureSuite } from './curvature-suite.ts'

useInstalledWasm()
curvatureSuite('wasm')
