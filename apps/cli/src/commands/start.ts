import { describeAddresses, readSettings, type SettingFlags, startServer } from '@muster/coordinator'
import closeWithGrace from 'close-with-grace'
import type { Command } from 'commander'
import { builtParts, demonstrationFile } from '../built-parts.ts'
import { loadRunFile } from '../run-file-argument.ts'

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('serve a run: the volunteer page, the dashboard, the coordinator')
    .argument('[FILE]', 'run file; without one, a demonstration on digits')
    .option('--port <number>', 'port to listen on (PORT; default 8787)')
    .option('--host <address>', 'address to listen on (HOST; default 127.0.0.1)')
    .option('--data <folder>', 'where runs, data sets and checkpoints are kept (default ./data)')
    .option(
      '--ice <server>',
      'for direct links between tabs: stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT (MUSTER_ICE; repeatable; default none)',
      (server: string, all: string[] = []) => [...all, server],
    )
    .option('--key <file>', 'PEM key for https (TLS_KEY)')
    .option('--cert <file>', 'PEM certificate for https (TLS_CERT)')
    .action(start)
}

async function start(file: string | undefined, flags: SettingFlags): Promise<void> {
  const settings = readSettings(flags, process.env)
  const name = file ?? demonstrationFile
  const server = await startServer(loadRunFile(name), name, settings, builtParts, {
    onBroken(error) {
      console.error(`The run stopped by itself; its last round is kept in ${settings.dataFolder}.\n${error.stack}`)
      process.exit(70)
    },
  })
  const { opened } = server
  const from = opened.round === 0 ? 'from the beginning' : `from round ${opened.round}`
  console.log(`\nMuster: ${opened.file.title}, ${opened.isEnded ? `ended after ${opened.round} rounds` : from}\n`)
  console.log(`${describeAddresses(server, settings)}\n`)
  console.log(
    opened.isEnded
      ? '  To train it anew, use another --data folder or change the run file.\n'
      : '  Training starts when the first tab joins. Ctrl-C stops; the run is kept.\n',
  )
  closeWithGrace({ delay: 5000 }, () => server.close())
}
