import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Change, State } from '../model/state.ts'
import type { Session } from '../session/session.ts'

/** What every part of the page may use. */
export interface App {
  readonly state: State
  readonly session: Session
  dispatch(change: Change): void
  /** The whole address of one below the page's root. */
  href(address: string): string
}

const AppContext = createContext<App | undefined>(undefined)

/** Gives an {@link App} to the parts within. */
export const AppProvider = AppContext.Provider

/** The app that a part belongs to. Throws outside of one. */
export const useApp = (): App => {
  const app = useContext(AppContext)
  if (app === undefined) throw new Error('drawing a part of the page: it stands outside of the app')
  return app
}
