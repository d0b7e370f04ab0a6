// The volunteer's page, laid out: what it is, the agreement and the button, own work, the run.

import { formatCount, Mark } from '@muster/appearance'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { BrowserStore } from '../tab/browser-store.ts'
import { directLinksKey, type PageSettings, shareKey } from '../tab/page-settings.ts'
import { useFreezeExemption, useScreenWakeLock } from '../tab/wakefulness.ts'
import type { Status, VolunteerLink } from '../volunteer-link.ts'
import { Neighbours } from './neighbours.tsx'
import { BackendDetails, OwnWork } from './own-work.tsx'
import { buttonWords, connectionWords, isWorking, phaseWords } from './phase-words.ts'
import { RunFacts, RunSoFar } from './run-view.tsx'
import { useSteadyStatus } from './steady-status.ts'
import { ScreenChoice, ShareSlider } from './steering.tsx'

interface VolunteerPageProps {
  readonly link: VolunteerLink
  readonly store: BrowserStore
  readonly host: string
  readonly settings: Pick<PageSettings, 'allowsDirectLinks' | 'beginsAtOnce'>
}

export function VolunteerPage({ link, store, host, settings }: VolunteerPageProps) {
  const heard = useSyncExternalStore(link.subscribe, link.status)
  const [wantsWork, setWantsWork] = useState(settings.beginsAtOnce)
  const status = wantsWork ? onItsWay(heard) : heard
  const [share, setShare] = useState(status.share)
  const [allowsDirect, setAllowsDirect] = useState(settings.allowsDirectLinks)
  const [keepsScreenOn, setKeepsScreenOn] = useState(false)
  const works = isWorking(status)
  useFreezeExemption(works)
  useScreenWakeLock(works && keepsScreenOn)
  const steady = useSteadyStatus(status)
  const { headline } = phaseWords(steady)
  useEffect(() => {
    document.title = status.phase === 'looking' ? 'Muster' : `${headline} · Muster`
  }, [status.phase, headline])

  const act = (): void => {
    if (status.phase === 'failed') return location.reload()
    const wants = !isWorking(status)
    setWantsWork(wants)
    link.send({ type: wants ? 'begin' : 'pause' })
  }
  const chooseShare = (next: number): void => {
    setShare(next)
    store.write(shareKey, String(next))
    link.send({ type: 'set-share', share: next })
  }

  const allowDirect = (isAllowed: boolean): void => {
    setAllowsDirect(isAllowed)
    store.write(directLinksKey, isAllowed ? 'yes' : 'no')
    link.send({ type: 'allow-direct-links', isAllowed })
  }

  return (
    <>
      <header className="top">
        <span className="brand">
          <Mark />
          Muster
        </span>
        <span
          className="connection"
          data-testid="connection"
          data-connection={status.connection}
          data-value={status.connection}
        >
          {connectionWords[status.connection]}
        </span>
      </header>
      <main>
        <div className="intro">
          <p className="lead">Many browsers train one model together. Yours can be one of them.</p>
          <h1>{status.run?.title ?? 'Asking what is being trained'}</h1>
          <RunFacts run={status.run} />
        </div>
        <section className="steering" aria-label="Your part">
          <PhaseLine status={steady} phase={heard.phase} />
          {status.phase !== 'ended' && <Agreement host={host} talksToPeers={status.run?.talksToPeers ?? false} />}
          <MainButton status={status} onPress={act} />
          {status.phase !== 'ended' && (
            <>
              <ShareSlider share={share} onChange={chooseShare} />
              <ScreenChoice isOn={keepsScreenOn} onChange={setKeepsScreenOn} />
              {(status.run?.talksToPeers || status.neighbours !== null) && (
                <Neighbours neighbours={status.neighbours} allowsDirect={allowsDirect} onChange={allowDirect} />
              )}
            </>
          )}
          <BackendDetails status={status} />
          <details className="more">
            <summary>What is known of you</summary>
            <p>
              A random number, kept in this browser, by which several visits count as one volunteer, and the share you
              chose. Your address is seen by {host} as by any site you visit, and by other tabs only where tabs of a run
              talk to each other and you let them do so directly. Nothing else.
            </p>
          </details>
        </section>
        <OwnWork status={status} />
        <RunSoFar progress={status.progress} />
      </main>
      <footer>
        <p className="quiet">
          Muster counts the answers of many tabs and never waits for the last, whoever is late or leaves.
        </p>
      </footer>
    </>
  )
}

/** The button has been pressed; the connection, or the Web Worker, needs a moment. */
function onItsWay(status: Status): Status {
  return status.phase === 'looking' || status.phase === 'paused' ? { ...status, phase: 'starting' } : status
}

interface PhaseLineProps {
  readonly status: Status
  /** As it is this instant, for whoever counts rather than reads. */
  readonly phase: Status['phase']
}

function PhaseLine({ status, phase }: PhaseLineProps) {
  const { headline, sentence, tone } = phaseWords(status)
  const isComputing = status.phase === 'computing' && status.connection === 'connected'
  return (
    <div className={isComputing ? `phase ${tone} computing` : `phase ${tone}`}>
      <span className="pulse" aria-hidden="true" />
      <div role="status">
        <h2 data-testid="phase" data-phase={phase} data-value={phase}>
          {headline}
        </h2>
        <p>{sentence}</p>
      </div>
      {status.message !== null && status.phase !== 'failed' && <p className="remark quiet">{status.message}</p>}
      <p className="round quiet">
        {isComputing && status.progress !== null && `round ${formatCount(status.progress.round)}`}
      </p>
    </div>
  )
}

function Agreement({ host, talksToPeers }: { readonly host: string; readonly talksToPeers: boolean }) {
  return (
    <p className="agreement">
      While it runs, this tab uses your processor or graphics chip up to the share set below, fetches training data from{' '}
      <b>{host}</b> and sends{' '}
      {talksToPeers ? 'what it has learnt, as numbers, there and to other tabs' : 'back sums of numbers'}. It reads none
      of your files and stops the moment you pause or close it. By beginning you agree to that.
    </p>
  )
}

function MainButton({ status, onPress }: { readonly status: Status; readonly onPress: () => void }) {
  return (
    <button
      type="button"
      className={isWorking(status) || status.phase === 'ended' ? 'button main' : 'button primary main'}
      data-testid="begin"
      disabled={status.phase === 'ended'}
      onClick={onPress}
    >
      {buttonWords(status)}
    </button>
  )
}
