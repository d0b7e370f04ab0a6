// The whole server for one run, not listening yet: tests inject into it, `start` listens.

import { existsSync } from 'node:fs'
import path from 'node:path'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import staticFiles from '@fastify/static'
import { type errorCodes, type IceServer, limits, type RoundRecord } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import { type Conductor, createConductor, type RoundAudit } from './conductor.ts'
import type { Evaluator } from './data-plane/evaluation.ts'
import type { VectorPlane } from './data-plane/vector-plane.ts'
import type { OpenedRun } from './open-run.ts'
import { createRelay } from './relay.ts'
import { serveContent } from './routes/content.ts'
import { serveEstimates } from './routes/estimates.ts'
import { serveModel } from './routes/model.ts'
import { serveOperator } from './routes/operator.ts'
import { refuse, serveResults } from './routes/results.ts'
import { createSessions } from './sessions.ts'
import { takeProgress, takeSnapshot } from './snapshot.ts'
import { serveWatchers, type WatchFeed } from './sockets/watch-sockets.ts'
import { serveWorkers } from './sockets/worker-sockets.ts'
import { now } from './system-clock.ts'

const progressEveryMs = 1000

export interface ServerParts {
  readonly opened: OpenedRun
  readonly vectors: VectorPlane
  readonly evaluator: Evaluator
  readonly storage: Storage
  readonly operatorToken: string
  /** The built pages; null serves the interfaces only. */
  readonly pagesFolder: string | null
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer } | null
  readonly logLevel?: string
  /** For direct links between peers; absent: none. */
  readonly iceServers?: readonly IceServer[]
  readonly hooks: ServerHooks
}

export interface ServerHooks {
  readonly audit?: RoundAudit
  /** A round closed, or its model was evaluated. */
  onRound?(record: RoundRecord): void
  /** A broken belief: the run has stopped, its last round is kept. */
  onBroken(error: Error): void
}

export interface MusterServer {
  readonly fastify: FastifyInstance
  readonly conductor: Conductor
  close(): Promise<void>
}

export async function buildServer(parts: ServerParts): Promise<MusterServer> {
  const { opened, storage } = parts
  const server = fastify({
    logger: parts.logLevel === undefined ? false : { level: parts.logLevel },
    bodyLimit: 65_536,
    forceCloseConnections: true,
    ...(parts.tls ? { https: parts.tls } : {}),
  }) as unknown as FastifyInstance
  const sessions = createSessions()
  const relay = createRelay()
  let feed: WatchFeed | null = null

  const conductor = await createConductor({
    opened,
    vectors: parts.vectors,
    evaluator: parts.evaluator,
    storage,
    now,
    send: (worker, name, message) => sessions.byWorker(worker)?.send(name, message),
    onChange: () => feed?.changed(),
    onRound: record => {
      feed?.closed(record)
      parts.hooks.onRound?.(record)
    },
    onBroken: parts.hooks.onBroken,
    log: message => server.log.error(message),
    ...(parts.hooks.audit ? { audit: parts.hooks.audit } : {}),
  })
  const snapshot = () =>
    takeSnapshot(opened, conductor, worker => sessions.byWorker(worker as never)?.volunteer ?? 'gone', now())

  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  })
  await server.register(rateLimit, { global: false })
  server.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const code = codeOfError(error)
    conductor.chronicle.countRefusal(code)
    if (code === 'coordinator-failed') server.log.error(error)
    return refuse(reply, code)
  })
  server.setNotFoundHandler(async (_request, reply) => refuse(reply, 'not-found'))
  serveResults(server, opened, conductor, sessions)
  serveEstimates(server, opened, conductor, sessions, relay)
  serveContent(server, conductor, storage, new Set(opened.description.dataset.partitions))
  serveModel(server, opened, conductor)
  serveOperator(server, opened, conductor, sessions, parts.operatorToken, snapshot)
  server.get('/healthz', async () => ({ status: 'ok', round: conductor.run().round }))
  if (parts.pagesFolder !== null && existsSync(path.join(parts.pagesFolder, 'index.html')))
    await servePages(server, parts.pagesFolder)

  const io = new Server(server.server, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    maxHttpBufferSize: limits.controlMessageBytesMax,
    pingInterval: limits.heartBeatMs,
    pingTimeout: limits.silenceMs,
    // Only our own pages, and processes that are no page at all.
    allowRequest: (request, decide) => {
      const { origin, host } = request.headers
      decide(null, origin === undefined || hostOf(origin) === host)
    },
  })
  serveWorkers(io, opened, conductor, sessions, relay, parts.iceServers ?? [])
  feed = serveWatchers(io.of('/watch'), () => conductor.chronicle.history, snapshot)
  const progressTimer = setInterval(() => {
    const progress = takeProgress(conductor)
    for (const session of sessions.all()) session.send('run-progress', progress)
  }, progressEveryMs)

  return {
    fastify: server,
    conductor,
    async close() {
      clearInterval(progressTimer)
      feed?.stop()
      io.disconnectSockets(true)
      await io.close()
      await server.close()
      await conductor.close()
    },
  }
}

const contentPolicy = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'worker-src': ["'self'"],
  'frame-ancestors': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
}

async function servePages(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(staticFiles, {
    root: folder,
    index: ['index.html'],
    setHeaders: (response, file) => {
      response.header(
        'cache-control',
        file.includes(`${path.sep}assets${path.sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
  server.get('/dashboard', async (_request, reply) => reply.sendFile('dashboard.html'))
}

function codeOfError(error: FastifyError): keyof typeof errorCodes {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'frame-too-long'
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'frame-type'
  if (error.statusCode === 429) return 'requests-too-many'
  if (error.validation || (error.statusCode !== undefined && error.statusCode < 500)) return 'message-malformed'
  return 'coordinator-failed'
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}
