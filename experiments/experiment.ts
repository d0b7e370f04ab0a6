// What an experiment is: a sentence, the tasks it may hand to other cores, and a run that answers with files.

export interface ExperimentOptions {
  /** Fewer rounds: to see whether it works, not to quote. */
  readonly isQuick: boolean
  readonly seed: number
  /** What `--data` named, parsed; undefined: nothing was. */
  readonly data: unknown
  /** Progress, for those who wait. */
  say(line: string): void
  /** Runs tasks on all cores; the answers are in the order of the inputs. */
  spread: Spread
  /** Writes a file at once, below the folder `dist`: what was found so far, should a long run be broken off. */
  keep(file: string, content: string): void
}

/** Each input to the task of that name; `what`: how progress calls them. */
export type Spread = <Input, Output>(
  task: Task<Input, Output>,
  inputs: readonly Input[],
  what: string,
) => Promise<readonly Awaited<Output>[]>

/** Plain data in, plain data out, or a promise of it: it runs in another thread. Its name finds it there. */
export interface Task<Input, Output> {
  readonly name: string
  run(input: Input): Output
}

export interface Experiment {
  readonly name: string
  /** One sentence. */
  readonly question: string
  readonly tasks: readonly Task<never, unknown>[]
  /** Contents by path, from the repository's root. */
  run(options: ExperimentOptions): Promise<ReadonlyMap<string, string>>
}
