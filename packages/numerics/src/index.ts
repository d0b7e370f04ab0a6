export { hashKey, type RandomStream, randomStream } from './random-stream.ts'
