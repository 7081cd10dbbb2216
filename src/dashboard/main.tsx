import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { reduce } from './model/reduce.ts'
import { createStore } from './model/store.ts'
import { AppProvider } from './parts/app-context.tsx'
import { Page } from './parts/page.tsx'
import { browserPorts, href, shownRoute } from './session/browser.tsx'
import { firstState, startSession } from './session/session.ts'
import 'uplot/dist/uPlot.min.css'
import './style/base.css'
import './style/icons.css'
import './style/frame.css'
import './style/list.css'
import './style/detail.css'
import './style/dialogs.css'
import './style/narrow.css'

const store = createStore(firstState(browserPorts, shownRoute()), reduce)
const session = startSession(browserPorts, store)
addEventListener('popstate', () => session.follow(shownRoute()))

const Root = () => {
  const [state, setState] = useState(store.state())
  useEffect(() => store.subscribe(() => setState(store.state())), [])
  return (
    <AppProvider value={{ state, session, dispatch: store.dispatch, href }}>
      <Page />
    </AppProvider>
  )
}

render(<Root />, document.body)
