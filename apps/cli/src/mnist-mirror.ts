// MNIST from a public mirror, verified before use.

import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { OperatorError } from '@muster/coordinator'

const mirror = 'https://storage.googleapis.com/cvdf-datasets/mnist/'
/** Of the unpacked files: mirrors pack them differently. */
const sha256 = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
}

/** @returns a folder that holds the four files. */
export async function downloadMnist(say: (line: string) => void): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-mnist-'))
  for (const [name, expected] of Object.entries(sha256)) {
    say(`Downloading ${name}.gz ...`)
    const response = await fetch(`${mirror}${name}.gz`).catch(() => null)
    if (!response?.ok)
      throw new OperatorError(
        `${mirror}${name}.gz could not be downloaded. Get the four files elsewhere and use --from FOLDER.`,
      )
    const bytes = gunzipSync(new Uint8Array(await response.arrayBuffer()))
    const found = createHash('sha256').update(bytes).digest('hex')
    if (found !== expected)
      throw new OperatorError(`${name} has the checksum ${found}, not ${expected}. Nothing was stored.`)
    writeFileSync(path.join(folder, name), bytes)
  }
  return folder
}
