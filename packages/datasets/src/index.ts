export { loadMnist } from './node-mnist.ts'
