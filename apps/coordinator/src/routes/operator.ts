// What an operator may do, and what anybody may read.

import { createHash, timingSafeEqual } from 'node:crypto'
import { command, departure, type Snapshot, type StrategyList } from '@muster/protocol'
import { resolveStrategy, strategies } from '@muster/strategies'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Conductor } from '../conductor.ts'
import type { OpenedRun } from '../open-run.ts'
import type { Sessions } from '../sessions.ts'
import { whyUnfit } from '../strategy-fit.ts'
import { bearerToken, refuse } from './results.ts'

export function serveOperator(
  server: FastifyInstance,
  { network }: Pick<OpenedRun, 'network'>,
  conductor: Conductor,
  sessions: Sessions,
  token: string,
  snapshot: () => Snapshot,
): void {
  const isOperator = (request: FastifyRequest) => isSame(bearerToken(request), token)

  server.post('/api/commands', { config: { rateLimit: { max: 120, timeWindow: 60_000 } } }, async (request, reply) => {
    if (!isOperator(request)) {
      conductor.chronicle.countRefusal('operator-token')
      return refuse(reply, 'operator-token')
    }
    const heard = command.safeParse(request.body)
    if (!heard.success) return refuse(reply, 'message-malformed', 'command')
    if (conductor.run().phase === 'ended') return refuse(reply, 'command-impossible', 'the run has ended')
    switch (heard.data.command) {
      case 'pause':
        conductor.dispatch({ type: 'pause-requested' })
        break
      case 'resume':
        conductor.dispatch({ type: 'resume-requested' })
        break
      case 'stop':
        conductor.dispatch({ type: 'stop-requested' })
        break
      case 'set-learning-rate':
        conductor.dispatch({ type: 'learning-rate-requested', learningRate: heard.data.learningRate })
        break
      case 'set-strategy': {
        const { name, settings } = heard.data
        const resolved = resolveStrategy({ ...settings, name })
        if (!resolved.ok) return refuse(reply, 'strategy-impossible', resolved.problems.join(' '))
        const unfit = whyUnfit(resolved, network)
        if (unfit !== null) return refuse(reply, 'strategy-impossible', unfit)
        conductor.dispatch({ type: 'strategy-requested', strategy: resolved.strategy, own: resolved.own })
      }
    }
    return { accepted: true }
  })

  server.get('/api/strategies', async () => strategyList)
  server.get('/api/snapshot', async () => snapshot())
  server.get<{ Querystring: { from?: number; limit?: number } }>(
    '/api/rounds',
    {
      schema: {
        querystring: {
          type: 'object',
          properties: {
            from: { type: 'integer', minimum: 0 },
            limit: { type: 'integer', minimum: 1, maximum: 10_000 },
          },
        },
      },
    },
    async request => {
      const { from = 0, limit = 1000 } = request.query
      return conductor.chronicle.history.filter(record => record.round >= from).slice(0, limit)
    },
  )
  server.get('/api/events', async () => conductor.chronicle.events)

  // A beacon is sent as plain text, so that it needs no preflight.
  server.addContentTypeParser('text/plain', { parseAs: 'string', bodyLimit: 1024 }, (_request, body, done) =>
    done(null, body),
  )
  server.post('/api/departures', async (request, reply) => {
    const heard = departure.safeParse(typeof request.body === 'string' ? tryJson(request.body) : request.body)
    const session = heard.success ? sessions.byToken(heard.data.session) : undefined
    if (!session) return refuse(reply, 'session-unknown')
    conductor.dispatch({
      type: 'worker-departed',
      worker: session.worker,
      connection: session.connection,
      reason: 'closed',
    })
    return { accepted: true }
  })
}

const strategyList: StrategyList = strategies.map(({ name, meaning, promise, settings }) => ({
  name,
  meaning,
  promise,
  settings: settings.map(setting =>
    'options' in setting ? { ...setting, options: [...setting.options] } : { ...setting },
  ),
}))

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
