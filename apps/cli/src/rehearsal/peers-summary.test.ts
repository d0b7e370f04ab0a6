import { expect, test } from 'vitest'
import { summarisePeers } from './peers-summary.ts'

test('rounds weigh by the iterations they tell of; edges and distance are those of the last', () => {
  const records = [
    {
      figures: {
        counted: 10,
        iterationMs: 100,
        linksSkipped: 0.5,
        directEdges: 3,
        relayedEdges: 4,
        torn: 1,
        unbalanced: 0,
      },
    },
    { figures: { counted: 0, torn: 0, unbalanced: 0 } },
    {
      figures: {
        counted: 30,
        iterationMs: 20,
        linksSkipped: 0.1,
        directEdges: 7,
        relayedEdges: 1,
        torn: 0,
        unbalanced: 0,
        consensusDistance: 0.25,
      },
    },
  ]
  expect(summarisePeers(records)).toEqual({
    consensusDistance: 0.25,
    iterationMeanMs: 40,
    iterationMedianMs: 60,
    linksSkippedShare: 0.2,
    directEdges: 7,
    relayedEdges: 1,
    tornIterations: 1,
    unbalancedIterations: 0,
  })
})

test('of no round nothing is said', () => {
  expect(summarisePeers([])).toMatchObject({ consensusDistance: null, iterationMeanMs: null, linksSkippedShare: null })
})
