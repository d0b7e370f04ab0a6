// What a benchmark is: a question, and a run that answers it with figures and with lines for people.

export interface BenchmarkOptions {
  /** Fewer rounds: to see whether it works, not to quote. */
  readonly isQuick: boolean
  /** Names with commas between; absent: all. Of `step` alone, as are those that follow. */
  readonly models?: string | undefined
  readonly backends?: string | undefined
  /** Also in Chromium. */
  readonly withBrowser: boolean
  /** Also on WebGPU in Node, where it is installed. */
  readonly withDawn: boolean
  /** Progress, for those who wait. */
  say(line: string): void
}

export interface Finding {
  readonly figures: Readonly<Record<string, unknown>>
  readonly lines: readonly string[]
}

export interface Benchmark {
  readonly name: string
  /** One sentence. */
  readonly question: string
  run(options: BenchmarkOptions): Promise<Finding>
}

/** Something was asked for by a name that nothing has. */
export class UnknownName extends Error {
  override name = 'UnknownName'
}
