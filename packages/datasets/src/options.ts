// What may be asked for beside the data themselves.

export interface ReadOptions {
  /** The column that holds the classes of a table: its name, or its number from 1. Default: the last. */
  readonly target?: string
  /** Whether the first line of a table names its columns. Default: it does where it holds no number. */
  readonly header?: boolean
  /** What images are brought to. Default: the size they have in common. */
  readonly size?: Size
  /** Part of the samples that is kept for testing, where what was brought is not parted already. */
  readonly testShare?: number
  /** Which samples these are, and the order of the others. */
  readonly seed?: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export const defaults = { testShare: 0.1, seed: 1 } as const
