// How long a control message takes there and back: the coordinator answers a malformed one at once, over the same
// sockets and through the same checks as any other.

import { protocolVersion } from '@muster/protocol'
import type { Milliseconds } from '@muster/vocabulary'
import { io } from 'socket.io-client'

export async function measureEchoes(url: string, count: number): Promise<Milliseconds[]> {
  const auth = { protocolVersion, volunteer: 'calibration', tab: 'echo' }
  const socket = io(url, { transports: ['websocket'], auth, forceNew: true })
  const heard = (name: string) => new Promise<void>(resolve => void socket.once(name, () => resolve()))
  await heard('welcome')
  const times: Milliseconds[] = []
  for (let i = 0; i < count; i++) {
    const answered = heard('refused')
    const startedAt = performance.now()
    socket.emit('progress', {})
    await answered
    times.push(performance.now() - startedAt)
    // Apart from each other, as a round's messages are.
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  socket.close()
  return times
}
