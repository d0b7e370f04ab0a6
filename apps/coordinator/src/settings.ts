// Every option of the server, from flags and environment, checked once.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { IceServer } from '@muster/protocol'

export interface Settings {
  readonly port: number
  readonly host: string
  readonly dataFolder: string
  readonly tls: { readonly key: Buffer; readonly cert: Buffer } | null
  readonly logLevel: string
  /** For direct links between peers; none by default: nobody outside is asked. */
  readonly iceServers: readonly IceServer[]
}

export interface SettingFlags {
  readonly ice?: readonly string[] | undefined
  readonly port?: string | undefined
  readonly host?: string | undefined
  readonly data?: string | undefined
  readonly key?: string | undefined
  readonly cert?: string | undefined
}

/** An operator's mistake: the message names the setting and the fix; shown without a stack. */
export class OperatorError extends Error {}

/** Flags win over the environment, which wins over defaults. @throws OperatorError */
export function readSettings(flags: SettingFlags, environment: NodeJS.ProcessEnv): Settings {
  const portText = flags.port ?? environment.PORT ?? '8787'
  const port = Number(portText)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new OperatorError(`PORT is "${portText}"; allowed: a whole number from 0 (any free port) to 65535.`)
  }
  const keyFile = flags.key ?? environment.TLS_KEY
  const certFile = flags.cert ?? environment.TLS_CERT
  if ((keyFile === undefined) !== (certFile === undefined)) {
    throw new OperatorError(
      'For https both files are needed: --key KEY.pem and --cert CERT.pem (or TLS_KEY and TLS_CERT).',
    )
  }
  return {
    port,
    host: flags.host ?? environment.HOST ?? '127.0.0.1',
    dataFolder: path.resolve(flags.data ?? environment.MUSTER_DATA ?? 'data'),
    tls:
      keyFile === undefined || certFile === undefined
        ? null
        : { key: readPem('--key', keyFile), cert: readPem('--cert', certFile) },
    logLevel: environment.LOG_LEVEL ?? 'warn',
    iceServers: (flags.ice ?? environment.MUSTER_ICE?.split(/\s+/).filter(Boolean) ?? []).map(readIceServer),
  }
}

/** stun:host:port, or turn:user:password@host:port. @throws OperatorError */
export function readIceServer(text: string): IceServer {
  const stun = /^stuns?:[^@\s]+$/.exec(text)
  if (stun) return { urls: text }
  const turn = /^(turns?):([^:@\s]+):([^@\s]+)@(\S+)$/.exec(text)
  if (turn) return { urls: `${turn[1]}:${turn[4]}`, username: turn[2]!, credential: turn[3]! }
  throw new OperatorError(
    `--ice is "${text}"; allowed: stun:HOST:PORT, or turn:USER:PASSWORD@HOST:PORT (also stuns, turns; MUSTER_ICE takes several, separated by spaces).`,
  )
}

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new OperatorError(
      `${flag} ${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give a PEM file.`,
    )
  }
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')
