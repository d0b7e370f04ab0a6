import { randomBytes } from 'node:crypto'
import { OperatorError } from '@muster/coordinator'
import { createVolunteer } from '@muster/volunteer'
import { useInstalledWasm } from '@muster/workloads/node'
import type { Command } from 'commander'
import { nodeLinks } from '../node-links.ts'
import { listenToRehearsal, startWorkerProcesses } from '../worker-processes.ts'

interface WorkerFlags {
  readonly count: string
  readonly share: string
  readonly name?: string
}

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('compute for a coordinator without a browser (WebAssembly, one process a worker)')
    .argument('<URL>', 'address of the coordinator, e.g. http://127.0.0.1:8787')
    .option('--count <number>', 'how many workers', '1')
    .option('--share <percent>', 'share of a core each may use, 5 to 100', '100')
    .option('--name <id>', 'volunteer id under which they contribute')
    .action(work)
}

async function work(url: string, flags: WorkerFlags): Promise<void> {
  const count = wholeNumber('--count', flags.count, 1, 256)
  const share = wholeNumber('--share', flags.share, 5, 100) / 100
  if (!URL.canParse(url))
    throw new OperatorError(`"${url}" is no address. Give the one the coordinator printed, e.g. http://127.0.0.1:8787`)
  const volunteer = flags.name ?? `cli-${randomBytes(4).toString('hex')}`
  if (count > 1) return startWorkerProcesses(url, count, { share: flags.share, name: volunteer })
  useInstalledWasm()
  const tab = process.env.MUSTER_TAB ?? `w-${randomBytes(6).toString('hex')}`
  let shown = ''
  const { slowness, losesAnswer, begun } = listenToRehearsal()
  const worker = createVolunteer(
    { coordinator: url, volunteer, tab, share, backend: 'wasm' },
    { partitionBytesMax: 256 * 2 ** 20, slowness, losesAnswer, openDirectLinks: nodeLinks() },
    status => {
      const line = `${tab}: ${status.connection === 'connected' ? status.phase : status.connection}${status.message ? ` (${status.message})` : ''}`
      if (line !== shown && process.send === undefined) console.log(line)
      shown = line
      if (status.phase === 'failed') {
        console.error(line)
        process.exitCode = 1
        worker.close()
      }
      if (status.phase === 'ended' && process.send === undefined) {
        console.log(`${tab}: the run has ended; ${status.contributed.results} answers contributed.`)
        worker.close()
      }
    },
  )
  begun.then(() => worker.command({ type: 'begin' }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      worker.command({ type: 'leave' })
      worker.close()
    })
  }
}

export function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new OperatorError(`${flag} is "${text}"; allowed: a whole number from ${min} to ${max}.`)
}
