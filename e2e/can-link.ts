// Whether this browser, on this machine, can join two ends by a data channel at all: where it offers no address of its
// own, or cannot find the one that it offers, nothing of ours can.

import { type BrowserContext, test } from 'playwright/test'

/** Skips the story, and says why, where there can be no direct links. */
export async function needsLinks(context: BrowserContext): Promise<void> {
  const why =
    'This browser joins nobody by data channels here: it gathers no address, or does not find what it gathers.'
  const isPossible = await canLink(context)
  if (!isPossible) console.warn(`SKIPPED: ${test.info().title}. ${why}`)
  // biome-ignore lint/suspicious/noSkippedTests: it runs wherever there can be links
  test.skip(!isPossible, why)
}

const patienceMs = 10_000

/** Two ends in one page, without any code of ours. */
async function canLink(context: BrowserContext): Promise<boolean> {
  const page = await context.newPage()
  const isJoined = await page.evaluate(async patience => {
    const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
    one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined)
    other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined)
    const channel = one.createDataChannel('probe')
    const opened = new Promise<boolean>(resolve => {
      channel.onopen = () => resolve(true)
      setTimeout(() => resolve(false), patience)
    })
    const offer = await one.createOffer()
    await other.setRemoteDescription(offer)
    await one.setLocalDescription(offer)
    const answer = await other.createAnswer()
    await one.setRemoteDescription(answer)
    await other.setLocalDescription(answer)
    const isOpen = await opened
    one.close()
    other.close()
    return isOpen
  }, patienceMs)
  await page.close()
  return isJoined
}
