// The volunteer's page: reads the address and the browser, starts the Web Worker, shows what it says.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { VolunteerPage } from './panel/volunteer-page.tsx'
import { browserStore } from './tab/browser-store.ts'
import { announceDeparture } from './tab/departure.ts'
import { newTabId, volunteerIdOf } from './tab/identity.ts'
import { readPageSettings } from './tab/page-settings.ts'
import { openVolunteer } from './volunteer-link.ts'

const store = browserStore()
const settings = readPageSettings(location.search, store)
const link = openVolunteer({
  coordinator: location.origin,
  volunteer: volunteerIdOf(store),
  tab: newTabId(),
  share: settings.share,
  allowsDirectLinks: settings.allowsDirectLinks,
  ...(settings.backend === undefined ? {} : { backend: settings.backend }),
})
announceDeparture(link)
if (settings.beginsAtOnce) link.send({ type: 'begin' })

const container = document.getElementById('page')
if (container === null) throw new Error('The page has no element with the id "page".')
createRoot(container).render(
  <StrictMode>
    <VolunteerPage link={link} store={store} host={location.host} settings={settings} />
  </StrictMode>,
)
