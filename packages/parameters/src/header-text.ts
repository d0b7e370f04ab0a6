// Text of a safetensors header to and from bytes, with the language's own means: neither Node's nor a browser's
// encoders exist in this room.

/** JSON in which every character is ASCII, so that one character is one byte. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** @throws URIError when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  let escaped = ''
  for (const byte of bytes) {
    const isPlain = byte < 0x80 && byte !== 0x25
    escaped += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`
  }
  return decodeURIComponent(escaped)
}

/** Whether no half of a surrogate pair stands alone: UTF-8 has no bytes for one, and other readers refuse it. */
export const isUnicode = (text: string) => !/\p{Surrogate}/u.test(text)
