// Which graphics card the current backend computes on, in words.

import * as tf from '@tensorflow/tfjs'
import { isSoftwareAdapter } from './devices.ts'

export interface Adapter {
  readonly adapter: string
  readonly isSoftware: boolean
}

export async function currentAdapter(): Promise<Adapter> {
  switch (tf.getBackend()) {
    case 'webgpu': {
      const found = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
      const { vendor = '', architecture = '', device = '', description = '', isFallbackAdapter = false } = found!.info
      const words = [vendor, architecture, device, description].filter(word => word !== '').join(', ')
      return {
        adapter: `${words}${isFallbackAdapter ? ' (a fallback adapter)' : ''}`,
        isSoftware: isSoftwareAdapter(words, isFallbackAdapter),
      }
    }
    case 'webgl': {
      const { gl } = (tf.backend() as unknown as { readonly gpgpu: { readonly gl: WebGL2RenderingContext } }).gpgpu
      const names = gl.getExtension('WEBGL_debug_renderer_info')
      const adapter = names === null ? 'unknown' : String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL))
      return { adapter, isSoftware: isSoftwareAdapter(adapter, false) }
    }
    default:
      return { adapter: 'the processor, one thread', isSoftware: false }
  }
}
