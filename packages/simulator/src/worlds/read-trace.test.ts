import { describe, expect, test } from 'vitest'
import { readTrace } from './read-trace.ts'

describe('measured times', () => {
  test('by round, worker and load: never less for more work, infinite from the first that was not answered', () => {
    const trace = readTrace({
      source: 'by hand',
      loads: {
        '1': [[9, 1, 3]],
        '0': [[1, 2, null]],
        '0.5': [[4, 1.5, 2]],
        '0.25': [[null, 3, 1]],
      },
    })
    const infinite = Number.POSITIVE_INFINITY
    expect(trace).toEqual({
      layout: 'measured-times',
      loads: [0, 0.25, 0.5, 1],
      rounds: 1,
      workers: 3,
      seconds: Float64Array.of(1, infinite, infinite, infinite, 2, 3, 3, 3, infinite, infinite, infinite, infinite),
    })
  })

  test.each([
    [{ '0': [[1]], '0.25': [[1], [1], [1], ['x']] }, 'loads["0.25"] has 4 rounds; expected 1, as for load 0'],
    [{ '0': [[1], [1]], '0.25': [[1], ['x']] }, 'loads["0.25"][1][0] is "x"; expected seconds or null'],
    [{ '0': [[1, 1]], '1': [[1, -2]] }, 'loads["1"][0][1] is -2; expected seconds or null'],
    [{ '0': [[1, 1]], '1': [[1, undefined]] }, 'loads["1"][0][1] is undefined; expected seconds or null'],
    [{ '0': [[1, 1]], '1': [[1]] }, 'loads["1"][0] has 1 workers; expected 2, as elsewhere'],
    [{ '0': [[1, 1], [1]], '1': [[1, 1], [1]] }, 'loads["0"][1] has 1 workers; expected 2, as elsewhere'],
    [{ '0': [[1]], '1': [7] }, 'loads["1"][0] is 7; expected a list'],
    [{ '0': [[1]], '1': 'x' }, 'loads["1"] is "x"; expected a list'],
    [{ '0': [], '1': [] }, 'loads["0"] is []; expected at least one entry'],
    [{ '0': [[]], '1': [[]] }, 'loads["0"][0] is []; expected at least one entry'],
    [{}, 'loads has no loads; expected 0 and at least one more'],
    [{ '0': [[1]] }, 'loads has 0; expected 0 and at least one more'],
    [{ '0.5': [[1]], '1': [[1]] }, 'loads has 0.5, 1; expected 0 and at least one more'],
    [{ '0': [[1]], half: [[1]] }, 'loads has the key "half"; expected a share of the batch, 0 or more'],
    [{ '0': [[1]], '-1': [[1]] }, 'loads has the key "-1"; expected a share of the batch, 0 or more'],
    [{ '0': [[1]], '0.5': [[1]], '0.50': [[1]] }, 'loads has both 0.5 and 0.50; expected each load once'],
  ])('%j is refused', (loads, message) => {
    expect(() => readTrace({ loads })).toThrow(new RangeError(message))
  })
})

describe('tab sessions', () => {
  test('stays in seconds, paces relative to the median host; who answered once stayed one gap', () => {
    const trace = readTrace({
      experiments: {
        one: [
          {
            host: 0,
            medianGapSeconds: 0.5,
            sessions: [
              [0, 60, 100],
              [90, 0, 1],
            ],
          },
          { host: 1, medianGapSeconds: 2, sessions: [[3, 10, 5]] },
        ],
        two: [
          { host: 0, medianGapSeconds: 8, sessions: [[0, 0, 1]] },
          { host: 1, medianGapSeconds: null, sessions: [[0, 0, 1]] },
        ],
      },
    })
    expect(trace).toEqual({
      layout: 'tab-sessions',
      sessions: [
        { seconds: 60, slowness: 0.25 },
        { seconds: 0.5, slowness: 0.25 },
        { seconds: 10, slowness: 1 },
        { seconds: 8, slowness: 4 },
        { seconds: 1, slowness: 1 },
      ],
    })
  })

  const host = { host: 0, medianGapSeconds: 1, sessions: [[0, 1, 1]] }
  test.each([
    [{}, 'experiments has no hosts; expected at least one experiment'],
    [{ a: [] }, 'experiments["a"] is []; expected at least one entry'],
    [
      { a: { host } },
      'experiments["a"] is {"host":{"host":0,"medianGapSeconds":1,"sessions":[[0,1,1]]}}; expected a list',
    ],
    [{ a: [host, 3] }, 'experiments["a"][1] is 3; expected a host'],
    [
      { a: [{ ...host, medianGapSeconds: 0 }] },
      'experiments["a"][0].medianGapSeconds is 0; expected seconds above 0 or null',
    ],
    [
      { a: [{ host: 0, sessions: [[0, 1, 1]] }] },
      'experiments["a"][0].medianGapSeconds is undefined; expected seconds above 0 or null',
    ],
    [{ a: [{ ...host, sessions: [] }] }, 'experiments["a"][0].sessions is []; expected at least one entry'],
    [{ a: [{ ...host, sessions: [[0, '1', 1]] }] }, 'experiments["a"][0].sessions[0][1] is "1"; expected seconds'],
    [{ a: [{ ...host, sessions: [[0, -1, 1]] }] }, 'experiments["a"][0].sessions[0][1] is -1; expected seconds'],
    [{ a: [{ ...host, sessions: [5] }] }, 'experiments["a"][0].sessions[0] is 5; expected a list'],
  ])('%j is refused', (experiments, message) => {
    expect(() => readTrace({ experiments })).toThrow(new RangeError(message))
  })
})

test.each([
  [null, 'the trace has no keys'],
  [[1, 2], 'the trace has no keys'],
  [{ load: {}, rounds: 3 }, 'the trace has "load", "rounds"'],
  [{ loads: [[1]] }, 'the trace has "loads"'],
])('%j is neither layout', (json, message) => {
  expect(() => readTrace(json)).toThrow(RangeError)
  expect(() => readTrace(json)).toThrow(`${message}; expected an object "loads"`)
})
