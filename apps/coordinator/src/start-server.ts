// Starts a run's server for good: data folder, threads, listening; and says where it is.

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import path from 'node:path'
import type { Storage } from '@muster/storage'
import { createSqliteStorage } from '@muster/storage'
import { buildServer, type MusterServer, type ServerHooks } from './build-server.ts'
import { startEvaluationThread } from './data-plane/evaluation.ts'
import { startVectorThread } from './data-plane/vector-plane.ts'
import { type OpenedRun, openRun, promptTokenOf } from './open-run.ts'
import { isLoopback, OperatorError, type Settings } from './settings.ts'
import { now } from './system-clock.ts'

/** Where the bundled threads and pages lie. */
export interface BuiltParts {
  readonly vectorThread: URL
  readonly evaluationThread: URL
  readonly pagesFolder: string | null
}

export interface RunningServer extends MusterServer {
  readonly opened: OpenedRun
  readonly storage: Storage
  /** http(s)://host:port as this machine reaches it. */
  readonly origin: string
  readonly operatorToken: string
}

export async function startServer(
  file: unknown,
  fileName: string,
  settings: Settings,
  built: BuiltParts,
  hooks: ServerHooks,
): Promise<RunningServer> {
  const storage = createSqliteStorage(settings.dataFolder)
  try {
    const opened = openRun(storage, file, fileName, now())
    const test = storage.blobs.get(opened.testBlob)
    if (!test)
      throw new OperatorError('The data folder lacks the test samples of this data set. Add the data set again.')
    const vectors = startVectorThread(
      built.vectorThread,
      {
        run: opened.id,
        optimiser: opened.file.optimiser,
        parameters: opened.parameters,
        optimiserState: opened.optimiserState,
      },
      settings.dataFolder,
    )
    const evaluator = startEvaluationThread(built.evaluationThread, {
      network: opened.network,
      test,
      promptToken: promptTokenOf(opened),
    })
    const operatorToken = readOrMakeToken(settings.dataFolder)
    const server = await buildServer({
      opened,
      vectors,
      evaluator,
      storage,
      operatorToken,
      pagesFolder: built.pagesFolder,
      tls: settings.tls,
      logLevel: settings.logLevel,
      iceServers: settings.iceServers,
      hooks,
    })
    const close = async () => {
      await server.close()
      storage.close()
    }
    try {
      await server.fastify.listen({ port: settings.port, host: settings.host })
    } catch (error) {
      await close()
      throw listenError(error as NodeJS.ErrnoException, settings)
    }
    const address = server.fastify.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : settings.port
    const host = settings.host === '0.0.0.0' || settings.host === '::' ? '127.0.0.1' : settings.host
    const origin = `${settings.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
    return { ...server, close, opened, storage, origin, operatorToken }
  } catch (error) {
    storage.close()
    throw error
  }
}

function listenError(error: NodeJS.ErrnoException, { host, port }: Settings): Error {
  if (error.code === 'EADDRINUSE') {
    return new OperatorError(
      `Port ${port} is taken. Stop what runs there, or choose another: PORT=${port + 1} npm start`,
    )
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new OperatorError(`HOST is "${host}", which is no address of this machine. 0.0.0.0 listens on all of them.`)
  }
  if (error.code === 'EACCES')
    return new OperatorError(`Port ${port} may not be used by this user. Choose one above 1023.`)
  return error
}

/** The same token over restarts, so that an operator's address stays good. */
function readOrMakeToken(folder: string): string {
  const file = path.join(folder, 'operator-token')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const token = randomBytes(18).toString('base64url')
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  return token
}

/** What is printed when the server is up. */
export function describeAddresses(server: Pick<RunningServer, 'origin' | 'operatorToken'>, settings: Settings): string {
  const dashboard = `${server.origin}/dashboard#token=${server.operatorToken}`
  const lines = [`  Volunteers   ${server.origin}/`, `  Dashboard    ${dashboard}`]
  if (isLoopback(settings.host)) {
    lines.push(
      '',
      '  Only this machine can reach it. For others: the same command with HOST=0.0.0.0 before it, or --host 0.0.0.0',
    )
    return lines.join('\n')
  }
  const { protocol, port } = new URL(server.origin)
  const shared = ['0.0.0.0', '::'].includes(settings.host) ? ownAddresses() : [settings.host]
  for (const address of shared)
    lines.push(`  From other machines   ${protocol}//${address.includes(':') ? `[${address}]` : address}:${port}/`)
  if (protocol === 'http:') {
    lines.push(
      '',
      '  Over plain http, browsers on other machines do not offer WebGPU: they compute with WebGL or WebAssembly.',
    )
    lines.push('  For WebGPU give a certificate: --key KEY.pem --cert CERT.pem, or put an https proxy in front.')
  }
  return lines.join('\n')
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
