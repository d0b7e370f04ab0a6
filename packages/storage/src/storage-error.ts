// Everything that storage refuses or cannot do, each with a sentence that says what to do about it.

export const storageErrors = {
  'folder-missing': 'Create the folder, or name another one for the data.',
  'folder-not-writable': 'Give this user the right to write there, or name another folder for the data.',
  'folder-in-use': 'Stop the other process, or start this one with another folder for its data.',
  'disk-full': 'Free some space on that disk and start again; what was saved before is whole.',
  'database-damaged': 'Move the file away to begin a new record (checkpoints stay), or put back a copy of it.',
  'database-newer': 'Start the newer Muster that wrote it, or name another folder for the data.',
  'io-failed': 'Look at the health of the disk or network share, then start again.',
  'run-unknown': 'Create the run first, or check its id.',
  'run-exists': 'Choose another id.',
  'round-out-of-order': 'On resuming a run, delete the rounds after its checkpoint first.',
  'name-unfit': 'Use 1 to 64 letters, digits, _ or -, for a blob its 64 hexadecimal digits.',
  'storage-closed': 'Nothing may be stored or read after closing.',
} as const

export type StorageErrorCode = keyof typeof storageErrors

export class StorageError extends Error {
  override name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, what: string, cause?: unknown) {
    super(`${what}. ${storageErrors[code]}`, { cause })
    this.code = code
  }
}

const byCode: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: 'folder-missing',
  ENOTDIR: 'folder-missing',
  EEXIST: 'folder-missing',
  EACCES: 'folder-not-writable',
  EPERM: 'folder-not-writable',
  EROFS: 'folder-not-writable',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EIO: 'io-failed',
  SQLITE_FULL: 'disk-full',
  SQLITE_NOTADB: 'database-damaged',
  SQLITE_CORRUPT: 'database-damaged',
  SQLITE_READONLY: 'folder-not-writable',
  SQLITE_CANTOPEN: 'folder-not-writable',
  SQLITE_IOERR: 'io-failed',
  SQLITE_BUSY: 'folder-in-use',
}

/**
 * Runs `act` and turns what the file system or the driver throws into a StorageError; anything else passes as it is.
 * @param doing what failed, for the message: "cannot write /data/blobs/…"
 */
export function guarded<Result>(doing: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    const code = errorCode(error)
    if (error instanceof StorageError || code === undefined) throw error
    throw new StorageError(code, `${doing} (${(error as Error).message})`, error)
  }
}

function errorCode(error: unknown): StorageErrorCode | undefined {
  if (!(error instanceof Error)) return undefined
  // The driver gives no code when it cannot open a file, only its error number 14 in the text.
  if (error.message.startsWith('ConnectionFailed')) return 'folder-not-writable'
  const code = 'code' in error ? String(error.code) : ''
  // Extended codes name their cause after the primary one, as in SQLITE_IOERR_FSYNC.
  const primary = code.split('_').slice(0, 2).join('_')
  return Object.hasOwn(byCode, primary) ? byCode[primary] : undefined
}
