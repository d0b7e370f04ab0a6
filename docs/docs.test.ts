// The documents are compared with what they speak of, in both directions.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '@muster/protocol'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

function filesBelow(folder: string, isWanted: (name: string) => boolean): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(file, isWanted)
    return isWanted(entry.name) ? [file] : []
  })
}

test('docs/errors.md lists exactly the codes of the table, with their meanings', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `([\w-]+)` \| (\d+) \| (.*) \|$/gm)].map(
    ([, code, status, meaning]) => [code, Number(status), meaning],
  )
  expect(rows).toEqual(Object.entries(errorCodes).map(([code, { status, meaning }]) => [code, status, meaning]))
})

test('every promise has a test that wears its id, and every id in a title is a promise', () => {
  const promises = [...read('docs/specification.md').matchAll(/^- \*\*\[([A-Z]+\d+)\]\*\*/gm)].map(([, id]) => id!)
  expect(new Set(promises).size).toBe(promises.length)
  const isTest = (name: string) => /(\.test\.tsx?|-suite\.ts|\.spec\.ts|\.story\.ts)$/.test(name)
  const tests = ['packages', 'apps', 'docs', 'e2e', 'experiments', 'benchmarks'].flatMap(folder =>
    filesBelow(folder, isTest),
  )
  const worn = new Set(tests.flatMap(file => [...read(file).matchAll(/\[([A-Z]+\d+)\]/g)].map(([, id]) => id!)))
  expect(
    promises.filter(id => !worn.has(id)),
    'promises without a test',
  ).toEqual([])
  expect(
    [...worn].filter(id => !promises.includes(id)),
    'ids that are no promise',
  ).toEqual([])
})
