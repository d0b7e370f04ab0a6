// The operator's page: takes the token from the address, listens to the run, shows it.

import './live/configure-schemas.ts'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { takeOperatorToken } from './live/operator-token.ts'
import { openRunFeed } from './live/run-feed.ts'
import { RunPage } from './pages/run-page.tsx'

const token = takeOperatorToken(location, history, () => sessionStorage)
// The address with another token, pasted into this very tab, changes the fragment only.
addEventListener('hashchange', () => location.reload())

const container = document.getElementById('page')
if (container === null) throw new Error('The page has no element with the id "page".')
createRoot(container).render(
  <StrictMode>
    <RunPage feed={openRunFeed()} token={token} origin={location.origin} />
  </StrictMode>,
)
