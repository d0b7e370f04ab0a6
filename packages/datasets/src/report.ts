// What a reader tells while it works and what it understood.

export interface Report {
  /** A whole sentence: what was found, what was decided, and how to have it otherwise. */
  say(sentence: string): void
  /** So much of long work is done, in the words of whoever counts it. */
  reached(share: number, words: string): void
}

export const silent: Report = { say() {}, reached() {} }
