import { test } from 'vitest'
import { storm } from './storm.ts'

test('zz', () => {
  for (let seed = 0; seed < 24; seed++)
    for (const hasNewcomers of [true, false]) {
      const t = performance.now()
      try {
        const run = storm({ seed, strategy: 'dynamic-backup-workers', hasNewcomers })
        if (run.violations.length || run.unfinished || performance.now() - t > 1000)
          console.log(
            seed,
            hasNewcomers,
            run.rounds.length,
            run.unfinished,
            run.violations.slice(0, 3).join(' | '),
            run.referenceError,
            Math.round(performance.now() - t),
            run.endedAt,
          )
      } catch (e) {
        console.log(seed, hasNewcomers, String((e as Error).stack).slice(0, 400))
      }
    }
})
