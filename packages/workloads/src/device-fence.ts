// Waits until the device has done what it was told. The wasm and cpu backends compute before they return.

import * as tf from '@tensorflow/tfjs'

/** The parts of TensorFlow.js' WebGPU backend that a fence needs. Commands wait in its encoder until submitted. */
export interface WebGpuParts {
  readonly device: GPUDevice
  readonly commandEncoder: GPUCommandEncoder | null | undefined
  endComputePassEncoder(): void
  submitQueue(): void
}

export interface WebGlParts {
  readonly gpgpu: { readonly gl: WebGL2RenderingContext; createAndWaitForFence(): Promise<void> }
}

export async function deviceFinished(): Promise<void> {
  switch (tf.getBackend()) {
    case 'webgpu': {
      const backend = tf.backend() as unknown as WebGpuParts
      if (backend.commandEncoder) {
        backend.endComputePassEncoder()
        backend.submitQueue()
      }
      return backend.device.queue.onSubmittedWorkDone()
    }
    case 'webgl':
      return (tf.backend() as unknown as WebGlParts).gpgpu.createAndWaitForFence()
  }
}
