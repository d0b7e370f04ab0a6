// The public face for Node alone; a page never sees this file.

export { useInstalledWasm } from './node-wasm.ts'
