// The public face for Node alone; a page never sees this file.

export { loadMnist } from './node-mnist.ts'
export { useInstalledWasm } from './node-wasm.ts'
