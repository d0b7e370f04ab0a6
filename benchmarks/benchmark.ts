// What a benchmark is: a question, and a run that answers it with figures and with lines for people.

export interface BenchmarkOptions {
  /** Fewer rounds: to see whether it works, not to quote. */
  readonly isQuick: boolean
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
