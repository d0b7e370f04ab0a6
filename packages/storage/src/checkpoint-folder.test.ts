import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runId } from '@muster/vocabulary'
import { expect, test } from 'vitest'
import { createCheckpointFolder } from './checkpoint-folder.ts'
import { isWhole, loopBytes, sealedBytes } from './sealed-bytes.ts'
import { startProcess, temporaryFolder } from './temporary-folder.ts'

const run = runId('crash')

test('files are named by run and round, the newest two stay, leftovers are ignored and removed', () => {
  const folder = temporaryFolder()
  const checkpoints = createCheckpointFolder(folder)
  const at = join(folder, 'checkpoints', run)
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'round-00000999.safetensors.tmp'), 'half')
  writeFileSync(join(at, 'notes.txt'), 'an operator’s own')
  expect(checkpoints.latest(run)).toBeUndefined()
  for (const round of [118, 119, 120]) checkpoints.save(run, round, Uint8Array.of(round))
  expect(readdirSync(at).sort()).toEqual(['notes.txt', 'round-00000119.safetensors', 'round-00000120.safetensors'])
})

test('a damaged newest is put aside for the one before it, and removed by the next save', () => {
  const folder = temporaryFolder()
  const checkpoints = createCheckpointFolder(folder)
  const at = join(folder, 'checkpoints', run)
  for (const round of [1, 2]) checkpoints.save(run, round, sealedBytes(round, 100))
  writeFileSync(join(at, 'round-00000002.safetensors'), sealedBytes(2, 100).subarray(0, 60))
  expect(checkpoints.latest(run, isWhole)).toEqual({ round: 1, bytes: sealedBytes(1, 100) })
  expect(readdirSync(at).sort()).toEqual(['round-00000001.safetensors', 'round-00000002.safetensors.damaged'])
  checkpoints.save(run, 2, sealedBytes(2, 100))
  expect(readdirSync(at).sort()).toEqual(['round-00000001.safetensors', 'round-00000002.safetensors'])
})

test('where none is whole, all stay as they are for the operator to look at', () => {
  const folder = temporaryFolder()
  const checkpoints = createCheckpointFolder(folder)
  checkpoints.save(run, 1, Uint8Array.of(1))
  expect(checkpoints.latest(run, isWhole)).toBeUndefined()
  expect(checkpoints.latest(run)?.round).toBe(1)
})

test('whenever the writer is killed, every checkpoint is whole and none that was reported is lost', async () => {
  const folder = temporaryFolder()
  const at = join(folder, 'checkpoints', run)
  mkdirSync(at, { recursive: true })
  const checkpoints = createCheckpointFolder(folder)
  for (let kill = 0; kill < 10; kill++) {
    const writer = startProcess('./checkpoint-loop-process.ts', folder)
    // After one to three saves the next change seen in the folder draws the signal: most often that falls inside a write.
    let left = 1 + (kill % 3)
    let reported = 0
    const watcher = watch(at, () => left <= 0 && writer.kill())
    for await (const line of writer.lines) {
      reported = Number(line)
      left -= 1
    }
    await writer.ended
    watcher.close()
    const latest = checkpoints.latest(run, isWhole)
    expect(latest?.round).toBeGreaterThanOrEqual(reported)
    expect(Buffer.compare(latest!.bytes, loopBytes(latest!.round))).toBe(0)
    const files = readdirSync(at).filter(name => name.endsWith('.safetensors'))
    expect(files.every(name => isWhole(readFileSync(join(at, name))))).toBe(true)
    expect(readdirSync(at).some(name => name.endsWith('.damaged'))).toBe(false)
    expect(files.length).toBeLessThanOrEqual(3)
  }
})
