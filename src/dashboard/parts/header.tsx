import { listOf } from '../model/route.ts'
import type { Link as LinkState } from '../model/state.ts'
import { useApp } from './app-context.tsx'
import { Link } from './link.tsx'

const linkTexts: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Not connected, trying again',
  paused: 'Paused',
}

const NamespaceSelect = () => {
  const { state, session } = useApp()
  const { namespace = '', namespaces } = state
  const all = [...new Set([...namespaces, ...(namespace === '' ? [] : [namespace])])].sort()
  return (
    <label class="namespace">
      <span class="quiet">Namespace</span>
      <select value={namespace} onChange={(event) => session.go(listOf(event.currentTarget.value))}>
        {all.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The head of every page: where one is, whether changes are heard of, and help. */
export const Header = () => {
  const { state, dispatch } = useApp()
  return (
    <header class="head">
      <Link to={listOf(state.namespace)} class="brand">
        Crossfade
      </Link>
      <NamespaceSelect />
      <span class={`live ${state.link}`} role="status">
        <span class="dot" aria-hidden="true" />
        {linkTexts[state.link]}
      </span>
      <span class="quiet version">{state.version}</span>
      <button
        type="button"
        class="plain help"
        aria-label="Help"
        onClick={() => dispatch({ type: 'dialog opened', dialog: { kind: 'help' } })}
      >
        ?
      </button>
    </header>
  )
}
