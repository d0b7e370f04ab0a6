import { describe, expect, test } from 'vitest'
import { nameRun } from './open-run.ts'
import { checkRunFile } from './prepare-run.ts'
import { OperatorError, readSettings } from './settings.ts'
import { smallRun } from './test-server.ts'

describe('settings', () => {
  test('[SET1] flags win over the environment, the environment over defaults', () => {
    expect(readSettings({}, {})).toMatchObject({ port: 8787, host: '127.0.0.1', tls: null })
    expect(readSettings({ port: '1' }, { PORT: '2', HOST: '::' })).toMatchObject({ port: 1, host: '::' })
  })

  test.each([
    [{ port: 'http' }, 'PORT is "http"; allowed: a whole number from 0 (any free port) to 65535.'],
    [{ key: 'k.pem' }, 'For https both files are needed: --key KEY.pem and --cert CERT.pem (or TLS_KEY and TLS_CERT).'],
    [
      { ice: ['example.org'] },
      '--ice is "example.org"; allowed: stun:HOST:PORT, or turn:USER:PASSWORD@HOST:PORT (also stuns, turns; MUSTER_ICE takes several, separated by spaces).',
    ],
    [{ key: 'no.pem', cert: 'no.pem' }, '--key no.pem cannot be read (ENOENT). Give a PEM file.'],
  ])('[SET1] %j is answered with a sentence', (flags, message) => {
    expect(() => readSettings(flags, {})).toThrow(new OperatorError(message))
  })

  test('[SET1] servers for direct links: none unless named; a password stays out of the address', () => {
    expect(readSettings({}, {}).iceServers).toEqual([])
    expect(readSettings({ ice: ['stun:s.example:3478'] }, {}).iceServers).toEqual([{ urls: 'stun:s.example:3478' }])
    expect(readSettings({}, { MUSTER_ICE: 'stun:a:1 turn:me:pa:ss@b:2' }).iceServers).toEqual([
      { urls: 'stun:a:1' },
      { urls: 'turn:b:2', username: 'me', credential: 'pa:ss' },
    ])
  })

  test('[SET2] a run file with several mistakes lists them all, the strategy’s settings included', () => {
    expect(() => checkRunFile({ ...smallRun, partitions: 0, seed: -1 }, 'f.json')).toThrow(
      /f\.json is not a run that can be started:\n {2}"partitions" is 0.*\n {2}"seed" is -1/,
    )
    expect(() => checkRunFile({ ...smallRun, strategy: 'wishful' }, 'f.json')).toThrow(
      /"strategy" is "wishful"; allowed: "tiled"/,
    )
    expect(() => checkRunFile({ ...smallRun, strategy: { name: 'fractional-repetition', s: 0.5 } }, 'f.json')).toThrow(
      /"strategy.s" is 0.5; allowed: a whole number from 0/,
    )
  })

  test('[SET3] the same run file names the same run, another one another', () => {
    const { file } = checkRunFile(smallRun, 'f.json')
    expect(nameRun(file)).toBe(nameRun(checkRunFile({ ...smallRun }, 'g.json').file))
    expect(nameRun(file)).not.toBe(nameRun({ ...file, seed: 2 }))
    expect(nameRun(file)).toMatch(/^small-run-[0-9a-f]{8}$/)
  })
})
