// What was brought cannot be used. Whatever else is thrown here is a fault of ours.

/** The message says what is wrong, where, and what would help. */
export class DatasetError extends Error {}

const shown = 10

/** One error for several problems: the first ten, and how many more there are. */
export function problemsError(problems: readonly string[], count = problems.length): DatasetError {
  const lines = problems.slice(0, shown)
  if (count > lines.length) lines.push(`and ${(count - lines.length).toLocaleString('en')} more problems like these`)
  return new DatasetError(lines.join('\n'))
}

/** Why it failed, of whatever a library throws (some throw nothing at all). */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'its data are damaged')
