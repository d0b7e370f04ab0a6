// Both pages without a coordinator: `npx vite build -c apps/worker/stories/pages.config.ts`, then
// `npx tsx apps/dashboard/stories/serve-stories.ts [STORY] [PORT]`, with a name of `stories.ts`.
// The operator's token is `story`.

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, command, type Snapshot } from '@muster/protocol'
import { Server } from 'socket.io'
import { type Story, type StoryName, stories } from './stories.ts'
import { storyStrategies } from './strategy-list.ts'

const folder = fileURLToPath(new URL('../../../dist/stories', import.meta.url))
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; worker-src 'self'"
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/** As a coordinator would refuse what this run cannot have; null: accepted. */
function refusalOf(command: Command): string | null {
  if (command.command !== 'set-strategy') return null
  if (storyStrategies.every(({ name }) => name !== command.name)) return `There is no strategy "${command.name}".`
  const { redundancyMin = 1, redundancyMax = 64 } = command.settings
  return redundancyMin > redundancyMax ? 'redundancyMin is above redundancyMax.' : null
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  obey: (command: Command) => void,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (path === '/api/departures') return void response.writeHead(204).end()
  if (path === '/api/strategies') return json(200, storyStrategies)
  if (path === '/api/commands') {
    const isOperator = request.headers.authorization === 'Bearer story'
    if (!isOperator) return json(403, { code: 'operator-token', message: 'Only the operator may do this.' })
    const told = command.parse(JSON.parse(Buffer.concat(await request.toArray()).toString('utf8')))
    const refused = refusalOf(told)
    if (refused !== null) return json(400, { code: 'command', message: refused })
    obey(told)
    return json(200, {})
  }
  const file = path === '/' ? '/index.html' : path === '/dashboard' ? '/dashboard.html' : normalize(path)
  try {
    const body = await readFile(folder + file)
    const type = types[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body)
  } catch {
    json(404, { code: 'not-found', message: 'There is nothing at this address.' })
  }
}

export interface StoryServer {
  readonly close: () => Promise<void>
}

export async function serveStories(name: StoryName, port: number, roundMs = 400): Promise<StoryServer> {
  const story: Story = stories[name]
  let round = story.opensAt ?? 120
  let pending: string | null = null
  const server = createServer((request, response) => void answer(request, response, obey))
  const sockets = new Server(server)
  const watch = sockets.of('/watch')
  const snapshot = (): Snapshot => {
    const told = story.snapshot(round)
    return pending === null ? told : { ...told, pending: [...told.pending, pending] }
  }
  // What is asked for stays pending: in a story no round brings it into force.
  function obey(told: Command): void {
    if (told.command !== 'set-strategy') return
    pending = `strategy ${told.name}`
    watch.emit('snapshot', snapshot())
  }
  watch.on('connection', socket => {
    const closed = name === 'empty' ? 0 : round
    socket.emit(
      'history',
      Array.from({ length: closed }, (_, index) => story.round(index + 1)),
    )
    socket.emit('snapshot', snapshot())
  })
  const timer = setInterval(() => {
    if (story.moves) {
      round += 1
      watch.emit('rounds', [story.round(round)])
    }
    watch.emit('snapshot', snapshot())
  }, roundMs)
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    close: async () => {
      clearInterval(timer)
      await sockets.close()
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const story = (process.argv[2] ?? 'busy') as StoryName
  const port = Number(process.argv[3] ?? 8799)
  await serveStories(story, port)
  process.stdout.write(`http://127.0.0.1:${port}/ and http://127.0.0.1:${port}/dashboard#token=story (${story})\n`)
}
