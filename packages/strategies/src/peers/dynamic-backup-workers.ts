// Dynamic backup workers without a centre (arXiv 2102.06280), as the coordinator has a part in it: it arranges who talks
// to whom, is the arbiter of iterations where it is asked to be, hears what peers tell, and now and then gathers everybody's
// estimate for the mean, which is evaluated, kept and exported like any model. What a peer does is the engine's peer machine.

import type { Milliseconds, PeerReport, WorkerId } from '@muster/vocabulary'
import { absorbStanding, type StandingWays } from '../absorb-standing.ts'
import { choiceSetting, numberSetting, wholeSetting } from '../described-settings.ts'
import { changeSeat, findSeat, hearFrom, nextWakeAt, standingBeliefs } from '../standing.ts'
import type { SettingDescription, SettingValue, Strategy, StrategyEffect, StrategyEvent } from '../strategy.ts'
import { wake } from '../wake.ts'
import { arbiterDueAt, arbitrate, losePatience } from './arbiter.ts'
import { arrangePeers, noteMembership } from './convening.ts'
import { gather, gatherWaitMs } from './gathering.ts'
import { peersPanel } from './peers-panel.ts'
import { pictureOf } from './peers-picture.ts'
import { type ConvenerRules, iterationsOf, type PeersState, startPeers } from './peers-state.ts'
import { takeTold } from './told-iterations.ts'

const settings: readonly SettingDescription[] = [
  choiceSetting(
    'topology',
    'Who talks to whom.',
    ['random', 'A random connected graph.'],
    ['ring', 'A ring.'],
    ['complete', 'Everybody with everybody.'],
    ['tree', 'A random tree, and more edges as wished.'],
    ['by-chance', 'Each edge with the same chance by itself, as far as the graph is connected.'],
  ),
  numberSetting('degree', 'Neighbours in the mean, of a random graph.', 3, 1, 64),
  wholeSetting('more', 'Edges beside those of a tree.', 2, 0, 4096),
  numberSetting('chance', 'Of each edge, where edges are by chance.', 0.5, 0.05, 1),
  wholeSetting('graphSeed', 'Another one draws another graph.', 1, 0, 1_000_000),
  choiceSetting(
    'waitFor',
    'When an iteration ends.',
    ['threshold', 'When an edge that the epoch still needs has both ends finished: the rest are backup workers.'],
    ['all-but', 'When all but a fixed number have finished; with 0 it is cb-Full. The coordinator decides.'],
  ),
  wholeSetting('backups', 'How many an iteration does not wait for, where their number is fixed.', 0, 0, 64),
  choiceSetting(
    'decider',
    'Who ends iterations.',
    ['peers', 'The peers among themselves: they go on while the coordinator is away.'],
    ['coordinator', 'The coordinator, as an arbiter: one hop instead of a flood.'],
  ),
  choiceSetting(
    'unfinished',
    'What becomes of a step that is not finished when an iteration ends.',
    ['carry-over', 'It goes on, and is part of the iteration in which it ends.'],
    ['redraw', 'It is given up; a new one is begun.'],
  ),
  choiceSetting(
    'order',
    'In which order a peer steps and mixes.',
    ['ATC', 'Adapt, then combine: estimates are sent after the step.'],
    ['CTA', 'Combine, then adapt: estimates are sent as they were before it.'],
  ),
  choiceSetting(
    'shard',
    'Whose data.',
    ['spread', 'Every n-th partition: of all kinds, even where the data lie in order of their labels.'],
    ['blocks', 'Neighbouring partitions: of few labels, where the data lie in order of them.'],
  ),
  wholeSetting(
    'every',
    'q: iterations between two rounds, in which the mean of all estimates is taken.',
    10,
    1,
    100_000,
  ),
  choiceSetting(
    'links',
    'How neighbours reach each other.',
    ['direct', 'Over data channels, and through the coordinator where there is none.'],
    ['relayed', 'Always through the coordinator.'],
  ),
  wholeSetting('patienceMs', 'How long nothing may happen, at least, before a peer asks again.', 1000, 10, 600_000),
]

function rulesOf(own: Readonly<Record<string, SettingValue>>): ConvenerRules {
  const allBut = own.waitFor === 'all-but' ? Number(own.backups) : null
  return {
    topology: own.topology as ConvenerRules['topology'],
    degree: Number(own.degree),
    more: Number(own.more),
    chance: Number(own.chance),
    graphSeed: Number(own.graphSeed),
    allBut,
    // How many have finished is known at one place only.
    decider: allBut === null ? (own.decider as ConvenerRules['decider']) : 'coordinator',
    unfinished: own.unfinished as ConvenerRules['unfinished'],
    order: own.order as ConvenerRules['order'],
    shard: own.shard as ConvenerRules['shard'],
    every: Number(own.every),
    links: own.links as ConvenerRules['links'],
    patienceMs: Number(own.patienceMs),
  }
}

/** What nobody can have seen is not believed. */
const generationsMax = 2 ** 31
const iterationsMax = 2 ** 31

const ways: StandingWays<PeersState> = {
  seatFor: (_, { worker }) => ({ worker, lease: null, restsUntil: 0, hasEstimate: false, isPlaced: false }),
  arrived: (state, { worker, handle, at, loss }, lease) => ({
    ...state,
    firstAnswerAt: state.firstAnswerAt ?? at,
    arrived: [...state.arrived, { lease, worker, handle, loss, arrivedAt: at, of: lease.work.estimate! }],
  }),
  /** It was past the iteration when it heard of it; or, its share of the batch done, its answer was lost on the way. */
  ended: (state, { worker, finished }, lease) => ({
    ...changeSeat(state, worker, seat => ({ ...seat, lease: null })),
    isMissed: state.isMissed || finished < lease.work.partitions.length,
  }),
}

export const dynamicBackupWorkers: Strategy<PeersState> = {
  name: 'dynamic-backup-workers',
  meaning:
    'No centre: each tab keeps an estimate of its own, talks to neighbours, and in each iteration waits only for the fastest of them; the others are its backup workers.',
  promise: 'mean-of-peers',
  settings,
  measures: ['consensus-distance'],
  start: startPeers,
  step(state, event) {
    const effects: StrategyEffect[] = []
    const absorbed = absorbStanding(ways, state, event, effects)
    if (event.type === 'run-paused') rest(absorbed, effects)
    const told = event.type === 'run-paused' || event.type === 'run-resumed' ? disband(absorbed) : absorbed
    return [goOn(told, event, effects), effects]
  },
  hearPeer(state, { worker, report, ...moment }) {
    const effects: StrategyEffect[] = []
    const heard = takeReport(hearFrom(state, worker, moment.at), worker, report, moment.at, effects)
    return [goOn(heard, moment, effects), effects]
  },
  areNeighbours: ({ arranged }, one, other) =>
    one !== other &&
    [...(arranged?.edges ?? []), ...(arranged?.formerEdges ?? [])].some(
      edge => edge.includes(one) && edge.includes(other),
    ),
  beliefs: (state, at) =>
    standingBeliefs(state, at, ({ worker }) => {
      const of = state.tally.backups[worker]
      return of === undefined ? {} : { backups: of.backups / of.iterations }
    }),
  panel: peersPanel,
  graph: pictureOf,
}

function takeReport(
  state: PeersState,
  worker: WorkerId,
  report: PeerReport,
  at: Milliseconds,
  effects: StrategyEffect[],
): PeersState {
  switch (report.type) {
    case 'standing':
      return takeStanding(state, worker, report)
    case 'step-finished':
      return arbitrate(state, worker, report, at, effects)
    case 'iterations-told':
      return takeTold(state, worker, report.told)
    case 'links-told': {
      const neighbours = (state.arranged?.edges ?? []).flatMap(edge => (edge.includes(worker) ? edge : []))
      const known = (names: readonly string[]) => names.filter(name => name !== worker && neighbours.includes(name))
      const links = { direct: known(report.direct), relayed: known(report.relayed) }
      return { ...state, links: { ...state.links, [worker]: links } }
    }
  }
}

/** Peers may have gone on while the coordinator was away, or was another one: counting goes on from the furthest. */
function takeStanding(
  state: PeersState,
  worker: WorkerId,
  { iterations, generation }: Extract<PeerReport, { type: 'standing' }>,
): PeersState {
  // Placed, and it knows one like it or later: it has not heeded this one. What it has learnt is of another time.
  const isUnheeded = generation >= state.generation && findSeat(state, worker)?.isPlaced === true
  const known = changeSeat(state, worker, seat => {
    if (isUnheeded) return { ...seat, isPlaced: false, hasEstimate: false }
    return seat.isPlaced ? seat : { ...seat, hasEstimate: iterations !== null }
  })
  const later: PeersState = {
    ...known,
    generationHeardOf: Math.max(known.generationHeardOf, Math.min(generation, generationsMax)),
  }
  if (state.arranged !== null || iterations === null) return later
  const { settings } = later
  const before = Math.max(settings.resumed?.iterations ?? 0, Math.min(iterations, iterationsMax))
  return { ...later, settings: { ...settings, resumed: { ...settings.resumed, iterations: before } } }
}

/** After everything that is heard it is asked again what is due. */
function goOn(given: PeersState, { at }: Pick<StrategyEvent, 'at'>, effects: StrategyEffect[]): PeersState {
  const rules = rulesOf(given.settings.own)
  let state = noteMembership(given, at)
  if (!state.isPaused) {
    state = losePatience(rules, state, at, effects)
    if (state.arrangeAt !== null && state.arrangeAt <= at) {
      // An assignment may not fall between a combination and the model that it makes.
      if (!state.isApplying) state = arrangePeers(rules, state, at, effects)
    }
    if (!state.isApplying) state = gather(rules, state, at, effects)
  }
  return wake(state, dueAt(rules, state, at), effects)
}

function dueAt(rules: ConvenerRules, state: PeersState, at: Milliseconds): Milliseconds | null {
  if (state.isPaused) return nextWakeAt(state, at)
  const { arrangeAt, firstAnswerAt, isApplying } = state
  const times = [
    nextWakeAt(state, at),
    isApplying ? null : arrangeAt,
    isApplying || firstAnswerAt === null ? null : firstAnswerAt + gatherWaitMs(state),
    arbiterDueAt(rules, state),
    // What is past has been seen to, or waits for something else.
  ].filter((time): time is Milliseconds => time !== null && time > at)
  return times.length === 0 ? null : Math.min(...times)
}

function rest({ seats }: PeersState, effects: StrategyEffect[]): void {
  for (const { worker } of seats) effects.push({ type: 'tell-peer', worker, word: { type: 'rest' } })
}

/** Nobody is arranged; what they have learnt they keep. */
const disband = (state: PeersState): PeersState => ({
  ...state,
  seats: state.seats.map(seat => ({ ...seat, isPlaced: false })),
  arranged: null,
  arbiter: null,
  settings: { ...state.settings, resumed: { ...state.settings.resumed, iterations: iterationsOf(state) } },
  iteration: 0,
  told: [],
  target: null,
  firstAnswerAt: null,
})
