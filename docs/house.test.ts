// The fences of biome.json bite: a house of one file per room, each breaking every rule, is built elsewhere and judged.
// The table is the one of docs/architecture.md.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('..', import.meta.url))
const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome')

const mayImport: Readonly<Record<string, readonly string[]>> = {
  vocabulary: [],
  numerics: [],
  appearance: [],
  'gradient-codes': ['numerics'],
  parameters: ['numerics', 'vocabulary'],
  protocol: ['vocabulary'],
  workloads: ['numerics', 'vocabulary'],
  datasets: ['workloads', 'numerics', 'vocabulary'],
  strategies: ['gradient-codes', 'numerics', 'vocabulary'],
  engine: ['strategies', 'numerics', 'vocabulary'],
  storage: ['vocabulary'],
  simulator: ['engine', 'strategies', 'gradient-codes', 'parameters', 'workloads', 'numerics', 'vocabulary'],
  volunteer: ['engine', 'protocol', 'workloads', 'parameters', 'numerics', 'vocabulary'],
  coordinator: ['engine', 'strategies', 'protocol', 'storage', 'workloads', 'parameters', 'numerics', 'vocabulary'],
  worker: ['volunteer', 'appearance', 'protocol', 'vocabulary'],
  dashboard: ['appearance', 'protocol', 'vocabulary'],
  cli: [
    ...['coordinator', 'volunteer', 'datasets', 'simulator', 'engine', 'storage', 'strategies', 'protocol'],
    ...['workloads', 'parameters', 'gradient-codes', 'numerics', 'vocabulary'],
  ],
}
const rooms = Object.keys(mayImport)
const apps = ['coordinator', 'worker', 'dashboard', 'cli']
const withoutWorld = ['vocabulary', 'numerics', 'gradient-codes', 'parameters', 'protocol', 'strategies', 'engine']
const withoutClock = [...withoutWorld, 'storage']
/** They measure the house from outside. */
const outside = ['experiments', 'benchmarks']
const folderOf = (room: string) => `${apps.includes(room) ? 'apps' : 'packages'}/${room}/src`

const packages = rooms.map(room => `import '@muster/${room}'`)
const ownIndex = ["import './index.ts'", "import '../index.ts'", "import '../deeper/index.ts'"]
const byPath = ["import '../../protocol/src/limits.ts'"]
const node = ["import 'node:fs'"]
const named = ['Date', 'performance', 'setTimeout', 'setInterval', 'fetch', 'process', 'console']
const globals = named.map(name => `export const use${name} = ${name}`)
const chance = ['export const draw = Math.random', 'export const drawn = Math.random()']
const everything = [...packages, ...ownIndex, ...byPath, ...node, ...globals, ...chance]

interface Finding {
  readonly category: string
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

describe('the house', () => {
  const house = mkdtempSync(join(tmpdir(), 'muster-house-'))
  /** Per file, the lines that were found fault with. */
  const faults = new Map<string, string[]>()
  let findings: readonly Finding[] = []

  const build = (path: string, lines: readonly string[]) => {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), `${lines.join('\n')}\n`)
  }

  beforeAll(() => {
    cpSync(join(repository, 'biome.json'), join(house, 'biome.json'))
    cpSync(join(repository, 'scripts/lint'), join(house, 'scripts/lint'), { recursive: true })
    for (const room of rooms) build(`${folderOf(room)}/room.ts`, everything)
    for (const folder of outside) build(`${folder}/deeper/room.ts`, everything)
    build('packages/engine/src/room.test.ts', [...globals, ...chance])
    build('packages/engine/src/one.ts', ["import { other } from './other.ts'", 'export const one = () => other'])
    build('packages/engine/src/other.ts', ["import { one } from './one.ts'", 'export const other = () => one'])
    findings = judge()
    for (const { location } of findings) {
      const line = readFileSync(join(house, location.path), 'utf8').split('\n')[location.start.line - 1]!
      faults.set(location.path, [...(faults.get(location.path) ?? []), line])
    }
  })
  afterAll(() => rmSync(house, { recursive: true, force: true }))

  function judge(): readonly Finding[] {
    const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.']
    let output: string
    try {
      output = execFileSync(process.execPath, [biome, ...options], { cwd: house, encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      output = (error as { stdout: string }).stdout
    }
    const { diagnostics } = JSON.parse(output) as { diagnostics: Finding[] }
    return diagnostics.filter(({ category }) => /noRestricted|noImportCycles|plugin/.test(category))
  }

  test.each(rooms)('[HOU1] %s imports only what the table allows, never by path, never its own index', room => {
    const allowed = mayImport[room]!.map(other => `import '@muster/${other}'`)
    const found = new Set(faults.get(`${folderOf(room)}/room.ts`))
    const restricted = [...packages, ...ownIndex, ...byPath, ...(withoutWorld.includes(room) ? node : [])]
    for (const line of restricted) expect(found.has(line), line).toBe(!allowed.includes(line))
  })

  test.each(outside)('[HOU1] %s import any package, by its name', folder => {
    expect(faults.get(`${folder}/deeper/room.ts`)).toEqual(byPath)
  })

  test.each(withoutClock)('[HOU2] %s names no clock, no chance, no socket, no process', room => {
    const found = new Set(faults.get(`${folderOf(room)}/room.ts`))
    for (const line of [...globals, ...chance]) expect(found.has(line), line).toBe(true)
  })

  test('[HOU2] tests may', () => {
    expect(faults.get('packages/engine/src/room.test.ts')).toBeUndefined()
  })

  test('[HOU1] files do not import each other in circles', () => {
    expect(findings.some(({ category }) => category.endsWith('noImportCycles'))).toBe(true)
  })

  test('[HOU1] every package has its room in the table', () => {
    const folders = ['packages', 'apps'].flatMap(folder => readdirSync(join(repository, folder)))
    expect(folders.filter(name => !rooms.includes(name))).toEqual([])
  })
})
