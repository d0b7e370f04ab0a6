import { gradientComputerSuite } from './gradient-computer-suite.ts'
import { useInstalledWasm } from './node-wasm.ts'

useInstalledWasm()
gradientComputerSuite('wasm')
