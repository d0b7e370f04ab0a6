// A folder for one test, and TypeScript in another process: for tests only.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-storage-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** @param script beside this file. */
export function startProcess(script: string, ...inputs: string[]) {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(execPath, ['--import', 'tsx', file, ...inputs], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    pid: child.pid,
    lines: createInterface({ input: child.stdout }),
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
