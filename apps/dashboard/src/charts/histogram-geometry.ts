// Pure geometry of a histogram over the whole numbers from 0 on: a bar a bin, marks on both axes that never collide.

export interface HistogramDrawing {
  /** From one bin's left edge to the next one's. */
  readonly pitch: number
  readonly bars: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[]
  readonly binMarks: readonly { readonly bin: number; readonly x: number; readonly words: string }[]
  readonly countMarks: readonly { readonly count: number; readonly y: number }[]
}

const pitchMax = 44
const gapShare = 0.18
const gapMax = 6
const characterWidth = 7
const markGap = 10
/** What was seen at all shows, beside however tall a bar. */
const barHeightMin = 1.5
const countMarksMax = 4

/** In a sentence: the last of as many bins as there can be holds all beyond. */
export const binWords = (bin: number, binsMax: number): string => (bin === binsMax - 1 ? `${bin} or more` : String(bin))

const binMark = (bin: number, binsMax: number): string => (bin === binsMax - 1 ? `${bin}+` : String(bin))

export function drawHistogram(
  counts: readonly number[],
  binsMax: number,
  width: number,
  height: number,
): HistogramDrawing {
  const bins = counts.length
  const pitch = bins === 0 ? 0 : Math.min(pitchMax, width / bins)
  const gap = Math.min(gapMax, pitch * gapShare)
  const step = countStep(Math.max(0, ...counts))
  const top = Math.max(step, Math.ceil(Math.max(0, ...counts) / step) * step)
  const bars = counts.map((count, bin) => {
    const tall = count === 0 ? 0 : Math.max(barHeightMin, (count / top) * height)
    return { x: bin * pitch + gap / 2, y: height - tall, width: Math.max(1, pitch - gap), height: tall }
  })
  const countMarks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => ({
    count: index * step,
    y: height - ((index * step) / top) * height,
  }))
  return { pitch, bars, binMarks: markBins(bins, binsMax, pitch), countMarks }
}

/** The bin at a place, or null beside them all. */
export function binAt(x: number, pitch: number, bins: number): number | null {
  const bin = pitch === 0 ? -1 : Math.floor(x / pitch)
  return bin >= 0 && bin < bins ? bin : null
}

/** Every bin where there is room, else round numbers; always the last. */
function markBins(bins: number, binsMax: number, pitch: number): HistogramDrawing['binMarks'] {
  if (bins === 0) return []
  const last = bins - 1
  const room = binMark(last, binsMax).length * characterWidth + markGap
  const step = [1, 2, 5, 10, 20, 50, 100].find(candidate => candidate * pitch >= room) ?? bins
  const marks: number[] = []
  for (let bin = 0; (last - bin) * pitch >= room; bin += step) marks.push(bin)
  return [...marks, last].map(bin => ({ bin, x: (bin + 0.5) * pitch, words: binMark(bin, binsMax) }))
}

/** A whole 1, 2 or 5 times a power of ten, so that few marks reach the tallest bar. */
function countStep(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (factor * power * countMarksMax >= most) return factor * power
  }
}
