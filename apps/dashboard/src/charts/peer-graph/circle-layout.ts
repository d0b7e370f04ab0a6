// Pure geometry of the circle: where the peers and their names stand, and the links between them as path strings.
// One path for each look of a link, however many links there are.

import {
  type Level,
  levelOf,
  levels,
  type NetIteration,
  type NetLink,
  type PeerNet,
  type Way,
  ways,
} from './peer-net.ts'

export interface Label {
  readonly x: number
  readonly y: number
  readonly anchor: 'start' | 'middle' | 'end'
  /** Degrees; 0 where names lie level. */
  readonly turn: number
}

export interface Place {
  readonly x: number
  readonly y: number
  readonly label: Label
}

export interface CircleLayout {
  readonly width: number
  readonly height: number
  readonly radius: number
  readonly nodeRadius: number
  readonly hasLabels: boolean
  readonly places: readonly Place[]
}

const widthMax = 480
/** Beside the circle: eight letters, and the gap to their node. */
const labelWidth = 68
const labelHeight = 26
/** With more peers than this their names stand like spokes, so that they do not run into each other. */
const levelLabelsMax = 14
const spokePitchMin = 11

/** From the top, clockwise. */
export function layoutCircle(count: number, available: number): CircleLayout {
  const width = Math.max(120, Math.min(widthMax, available))
  const areSpokes = count > levelLabelsMax
  const labelled = width / 2 - labelWidth
  const hasLabels = !areSpokes || pitchOf(count, labelled) >= spokePitchMin
  const radius = hasLabels ? labelled : width / 2 - 14
  const height = 2 * radius + 2 * (!hasLabels ? 14 : areSpokes ? labelWidth : labelHeight)
  const nodeRadius = Math.max(2.5, Math.min(8, pitchOf(count, radius) * 0.28))
  const places = Array.from({ length: count }, (_, at): Place => {
    const angle = (2 * Math.PI * at) / Math.max(1, count) - Math.PI / 2
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)]
    const [x, y] = [width / 2 + radius * dx, height / 2 + radius * dy]
    const label = areSpokes ? spoke(angle, nodeRadius + 6) : levelLabel(dx, dy, nodeRadius + 6)
    return { x, y, label: { ...label, x: x + label.x, y: y + label.y } }
  })
  return { width, height, radius, nodeRadius, hasLabels, places }
}

const pitchOf = (count: number, radius: number): number => (2 * Math.PI * radius) / Math.max(1, count)

function levelLabel(dx: number, dy: number, gap: number): Label {
  const baseline = 4
  if (Math.abs(dx) < 0.25) return { x: 0, y: dy < 0 ? -gap : gap + 8, anchor: 'middle', turn: 0 }
  return { x: gap * dx, y: gap * dy + baseline, anchor: dx > 0 ? 'start' : 'end', turn: 0 }
}

/** Never upside down. */
function spoke(angle: number, gap: number): Label {
  const isRight = Math.cos(angle) > -1e-9
  const turn = (angle * 180) / Math.PI + (isRight ? 0 : 180)
  // To the middle of the letters' height, across the spoke.
  const across = ((isRight ? angle : angle + Math.PI) + Math.PI / 2) as number
  const x = gap * Math.cos(angle) + 3.5 * Math.cos(across)
  const y = gap * Math.sin(angle) + 3.5 * Math.sin(across)
  return { x, y, anchor: isRight ? 'start' : 'end', turn }
}

export interface LinkPath {
  readonly way: Way
  readonly level: Level
  readonly isActive: boolean
  readonly d: string
}

/** The active ones last, over the others; only what is there. */
export function linkPaths(
  { links, iterations }: PeerNet,
  places: readonly Place[],
  shown: NetIteration | undefined,
  isWanted: (link: NetLink, at: number) => boolean = () => true,
): readonly LinkPath[] {
  const paths = new Map<string, string>()
  links.forEach((link, at) => {
    if (!isWanted(link, at)) return
    const level = levelOf(link.activeIn / Math.max(1, iterations.length))
    const key = keyOf(link.way, level, shown?.active.has(at) === true)
    paths.set(key, (paths.get(key) ?? '') + line(link, places))
  })
  return [false, true].flatMap(isActive =>
    levels.flatMap(level =>
      ways.flatMap(way => {
        const d = paths.get(keyOf(way, level, isActive))
        return d === undefined ? [] : [{ way, level, isActive, d }]
      }),
    ),
  )
}

const keyOf = (way: Way, level: Level, isActive: boolean): string => `${way} ${level} ${isActive}`

export const treePath = ({ links }: PeerNet, places: readonly Place[]): string =>
  links
    .filter(({ isOfTree }) => isOfTree)
    .map(link => line(link, places))
    .join('')

function line({ one, other }: NetLink, places: readonly Place[]): string {
  const at = (place: Place | undefined): string => (place ? `${place.x.toFixed(1)} ${place.y.toFixed(1)}` : '0 0')
  return `M${at(places[one])}L${at(places[other])}`
}
