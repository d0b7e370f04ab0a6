// The experiments by name, for whoever starts one and for the threads that do their tasks.

import { abs } from './abs/abs.ts'
import { comparison } from './comparison/comparison.ts'
import { elastic } from './elastic/elastic.ts'
import type { Experiment } from './experiment.ts'
import { linearSpeedUp } from './linear-speed-up/linear-speed-up.ts'
import { peers } from './peers/peers.ts'
import { tiles } from './tiles/tiles.ts'

export const experiments: readonly Experiment[] = [comparison, abs, elastic, peers, linearSpeedUp, tiles]
