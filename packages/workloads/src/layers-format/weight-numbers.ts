// Little-endian bytes of a weight file to numbers.

const dtypeBytes = { float32: 4, float16: 2, uint16: 2, uint8: 1, int32: 4, bool: 1 } as const

export type WeightDtype = keyof typeof dtypeBytes

export const isWeightDtype = (value: string): value is WeightDtype => Object.hasOwn(dtypeBytes, value)

export const bytesOfDtype = (dtype: WeightDtype): number => dtypeBytes[dtype]

export function decodeNumbers(dtype: 'float32' | 'float16' | 'uint16' | 'uint8', bytes: Uint8Array): Float32Array {
  if (dtype === 'uint8') return Float32Array.from(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = new Float32Array(bytes.length / dtypeBytes[dtype])
  for (let i = 0; i < numbers.length; i++)
    numbers[i] =
      dtype === 'float32'
        ? view.getFloat32(4 * i, true)
        : dtype === 'uint16'
          ? view.getUint16(2 * i, true)
          : half(view.getUint16(2 * i, true))
  return numbers
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
