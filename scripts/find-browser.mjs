// Finds a browser for the stories: Chrome, Chromium, Playwright's own build, in turn; installs one where there is none.
// Plain Node, and Playwright is loaded late: this is imported before anything is installed.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from './install.mjs'

const names = ['google-chrome-stable', 'google-chrome', 'chrome', 'chromium', 'chromium-browser']

const places = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(folder => folder !== undefined)
    .map(folder => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onPath = () =>
  process.platform === 'win32'
    ? []
    : names.flatMap(name => (process.env.PATH ?? '').split(path.delimiter).map(folder => path.join(folder, name)))

/** The browser's program, or null. `MUSTER_BROWSER` names one to use instead of what would be found. */
export function findBrowser() {
  const chosen = process.env.MUSTER_BROWSER
  if (chosen) return chosen
  const { chromium } = createRequire(import.meta.url)('playwright')
  const candidates = [...onPath(), ...(places[process.platform] ?? []), chromium.executablePath()]
  return candidates.find(isProgram) ?? null
}

/** Finds a browser or installs one. @throws Error that says what to install. */
export function installBrowser() {
  const found = findBrowser()
  if (found !== null) return found
  console.log('Installing a browser for the stories (once) ...')
  const isDone = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0
  if (isDebian() && process.getuid?.() === 0) {
    if (isDone('apt-get', ['update'])) isDone('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'])
  }
  if (findBrowser() === null) {
    const installer = path.join(root, 'node_modules', 'playwright', 'cli.js')
    isDone(process.execPath, [installer, 'install', 'chromium'])
  }
  const installed = findBrowser()
  if (installed !== null) return installed
  throw new Error(
    'The browser stories need Chrome or Chromium. Install one (Debian, Ubuntu: sudo apt-get install chromium; ' +
      'elsewhere: https://www.google.com/chrome) or name its program in MUSTER_BROWSER.',
  )
}

function isDebian() {
  const file = '/etc/os-release'
  return existsSync(file) && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync(file, 'utf8'))
}

/** WebGPU in software where there is no graphics card; nothing that the browser does for itself. */
export const browserFlags = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium's sandbox does not start for root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]
