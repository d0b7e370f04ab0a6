// `npm test`: installs what is missing (a browser too) and runs everything: types, lint, unit and simulation, slow
// tests, browser stories. `--fast`: types, lint, unit and simulation only. Ends with 'N passed, N failed'.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildAll } from './build.mjs'
import { installBrowser } from './find-browser.mjs'
import { installDependencies, root } from './install.mjs'

const isFast = process.argv.includes('--fast')
const folder = mkdtempSync(path.join(tmpdir(), 'muster-test-'))
const bin = (...parts) => path.join(root, 'node_modules', ...parts)
const count = { passed: 0, failed: 0, skipped: 0 }

function run(title, file, args, environment = {}) {
  const startedAt = Date.now()
  console.log(`\n== ${title}`)
  const { status } = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  console.log(`== ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - startedAt) / 1000)} s`)
  return status === 0
}

/** A check without tests of its own counts as one. */
function check(title, file, args) {
  if (run(title, file, args)) count.passed++
  else count.failed++
}

/** Counts from the runner's JSON; a runner that died without one counts as a failure. */
function suite(title, file, args, report, read, environment) {
  const isGreen = run(title, file, args, environment)
  const found = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 1, skipped: 0 }
  if (!isGreen && found.failed === 0) found.failed = 1
  for (const key of Object.keys(count)) count[key] += found[key]
}

const vitestCounts = json => ({
  passed: json.numPassedTests,
  failed: json.numFailedTests + (json.numFailedTestSuites > 0 && json.numFailedTests === 0 ? 1 : 0),
  skipped: json.numPendingTests,
})
const playwrightCounts = ({ stats }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected,
  skipped: stats.skipped,
})

function vitest(title, ...args) {
  const report = path.join(folder, `${title.replace(/\W+/g, '-')}.json`)
  suite(
    title,
    bin('vitest/vitest.mjs'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    report,
    vitestCounts,
  )
}

try {
  installDependencies()
  check('types', path.join(root, 'scripts/types.mjs'), [])
  check('lint', bin('@biomejs/biome/bin/biome'), ['check', '.'])
  vitest('unit and simulation', '--exclude', '**/*.slow.test.ts', '--exclude', '**/node_modules/**')
  if (!isFast) {
    await buildAll()
    vitest('slow: learning and rehearsals', 'slow.test', '--no-file-parallelism')
    installBrowser()
    const report = path.join(folder, 'stories.json')
    suite('browser stories', bin('playwright/cli.js'), ['test', '--reporter=list,json'], report, playwrightCounts, {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`\n${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`)
process.exitCode = count.failed === 0 ? 0 : 1
