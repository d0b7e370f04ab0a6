// How far long work is and how long it will still take, on standard error: a bar that moves on a terminal, a line every
// tenth elsewhere.

export interface Progress {
  /** So much of the work is done, in the words of whoever counts it. */
  reached(share: number, words: string): void
  /** Leaves nothing of the bar behind. */
  end(): void
}

export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const barLength = 24
const drawEveryMs = 100

export function createProgress(output: ProgressOutput, now: () => number): Progress {
  const startedAt = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  let tenths = 0
  let isDrawn = false
  return {
    reached(share, words) {
      const at = now()
      const line = `${Math.floor(100 * share)} %  ${words}${remaining(share, at - startedAt)}`
      if (output.isTTY) {
        if (at - drawnAt < drawEveryMs) return
        drawnAt = at
        isDrawn = true
        const full = Math.floor(barLength * share)
        output.write(`\r\x1b[K${'█'.repeat(full)}${'░'.repeat(barLength - full)} ${line}`)
        return
      }
      const reached = Math.floor(10 * share)
      if (reached > tenths) output.write(`${line}\n`)
      tenths = Math.max(tenths, reached)
    },
    end() {
      if (isDrawn) output.write('\r\x1b[K')
    },
  }
}

function remaining(share: number, elapsedMs: number): string {
  if (share <= 0 || share >= 1) return ''
  const seconds = (elapsedMs * (1 - share)) / share / 1000
  return seconds < 90 ? `, about ${Math.ceil(seconds)} s left` : `, about ${Math.round(seconds / 60)} min left`
}
