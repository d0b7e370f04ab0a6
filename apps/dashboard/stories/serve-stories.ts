// Both pages without a coordinator: `npx vite build -c apps/worker/stories/pages.config.ts`, then
// `npx tsx apps/dashboard/stories/serve-stories.ts [busy|empty|paused|ended] [PORT]`. The operator's token is `story`.

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Server } from 'socket.io'
import { type Story, storyRound, storySnapshot } from './run-story.ts'

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

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (path === '/api/departures') return void response.writeHead(204).end()
  if (path === '/api/commands') {
    const isOperator = request.headers.authorization === 'Bearer story'
    return isOperator ? json(200, {}) : json(403, { code: 'operator-token', message: 'Only the operator may do this.' })
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

export async function serveStories(story: Story, port: number, roundMs = 400): Promise<StoryServer> {
  let round = 120
  const server = createServer((request, response) => void answer(request, response))
  const sockets = new Server(server)
  const watch = sockets.of('/watch')
  watch.on('connection', socket => {
    const closed = story === 'empty' ? 0 : round
    socket.emit(
      'history',
      Array.from({ length: closed }, (_, index) => storyRound(index + 1)),
    )
    socket.emit('snapshot', storySnapshot(story, round))
  })
  const timer = setInterval(() => {
    if (story === 'busy') {
      round += 1
      watch.emit('rounds', [storyRound(round)])
    }
    watch.emit('snapshot', storySnapshot(story, round))
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
  const story = (process.argv[2] ?? 'busy') as Story
  const port = Number(process.argv[3] ?? 8799)
  await serveStories(story, port)
  process.stdout.write(`http://127.0.0.1:${port}/ and http://127.0.0.1:${port}/dashboard#token=story (${story})\n`)
}
