// Every story by its name: what the server serves and the schema's test checks.

import type { RoundRecord, Snapshot } from '@muster/protocol'
import { elasticStory } from './elastic-story.ts'
import { peersStory } from './peers-story.ts'
import { storyRound, storySnapshot } from './run-story.ts'
import { stalenessRound, stalenessSnapshot } from './staleness-story.ts'
import { tiledRound, tiledSnapshot } from './tiled-story.ts'

export interface Story {
  readonly moves: boolean
  /** Where the run is when the page opens; 120 unless told. */
  readonly opensAt?: number
  readonly round: (round: number) => RoundRecord
  readonly snapshot: (round: number) => Snapshot
}

const exact = (name: 'busy' | 'empty' | 'paused' | 'ended'): Story => ({
  moves: name === 'busy',
  round: storyRound,
  snapshot: round => storySnapshot(name, round),
})

export const stories = {
  busy: exact('busy'),
  empty: exact('empty'),
  paused: exact('paused'),
  ended: exact('ended'),
  elastic: elasticStory(4),
  'elastic-alone': elasticStory(1),
  'elastic-many': elasticStory(12),
  peers: peersStory(8),
  'peers-alone': peersStory(1),
  'peers-empty': peersStory(0),
  'peers-many': peersStory(64),
  staleness: { moves: true, round: stalenessRound, snapshot: stalenessSnapshot },
  tiled: { moves: true, round: tiledRound, snapshot: tiledSnapshot },
} satisfies Record<string, Story>

export type StoryName = keyof typeof stories
