// A graphics device can go away (driver update, sleep, too much memory), and TensorFlow.js does not notice.

import * as tf from '@tensorflow/tfjs'
import type { WebGlParts, WebGpuParts } from './device-fence.ts'

/**
 * Calls `tell` at most once when the current backend's device is lost; after that this page or Web Worker cannot
 * compute any more and must be restarted. Returns a function that stops listening. Wasm and cpu are never lost.
 */
export function onDeviceLost(tell: (why: string) => void): () => void {
  const stopping = new AbortController()
  const once = (why: string) => {
    if (stopping.signal.aborted) return
    stopping.abort()
    tell(why)
  }
  switch (tf.getBackend()) {
    case 'webgpu': {
      const { device } = tf.backend() as unknown as WebGpuParts
      device.lost.then(info => once(info.message || `the graphics device was lost (${info.reason})`))
      break
    }
    case 'webgl': {
      const { canvas } = (tf.backend() as unknown as WebGlParts).gpgpu.gl
      const listening = { signal: stopping.signal }
      canvas.addEventListener('webglcontextlost', () => once('the WebGL context was lost'), listening)
      break
    }
  }
  return () => stopping.abort()
}
