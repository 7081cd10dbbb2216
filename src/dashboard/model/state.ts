import type { RolloutInfo, RolloutWatchEvent } from '../../server/dashboard/messages.ts'
import type { Command } from './actions.ts'
import type { Favorites } from './filters.ts'
import type { Route } from './route.ts'

/** Whether the page hears of changes: it waits between two attempts, and is paused while nobody can see it. */
export type Link = 'connecting' | 'live' | 'waiting' | 'paused'

/** A command that waits for a confirmation. */
export interface Confirmation {
  readonly kind: 'confirm'
  /** Of several, such as images of two containers, all are carried out in their order. */
  readonly commands: readonly Command[]
  readonly namespace: string
  readonly name: string
}

/** What stands before the page, and takes the keyboard. */
export type Dialog =
  | { readonly kind: 'help' }
  | Confirmation
  | { readonly kind: 'analysis'; readonly run: string; readonly tab: string }

/** A message at the edge of the page. */
export interface Toast {
  readonly id: number
  readonly tone: 'good' | 'bad'
  readonly title: string
  readonly text: string
}

/** The Rollouts of a namespace. */
export interface ListState {
  readonly loading: boolean
  /** By name. */
  readonly infos: ReadonlyMap<string, RolloutInfo>
  /** Names of which the stream that is open now has told: newer than an answer that was asked for when it was opened. */
  readonly told: ReadonlySet<string>
  /** Why there is no list; absent while there is. */
  readonly error?: string
}

/** The Rollout of a page of its own. */
export interface DetailState {
  readonly info?: RolloutInfo
  readonly error?: string
}

/** Everything that the page shows is a function of this. */
export interface State {
  readonly route: Route
  /** The namespace that is shown; absent until the server has named one. */
  readonly namespace?: string
  readonly namespaces: readonly string[]
  readonly version: string
  readonly list: ListState
  readonly detail: DetailState
  readonly link: Link
  readonly favorites: Favorites
  /** The first page of the list is 0. */
  readonly page: number
  readonly pageSize: number
  readonly dialog?: Dialog
  readonly toasts: readonly Toast[]
  /** Commands that the server has not answered yet, as `namespace/name`. */
  readonly busy: readonly string[]
}

/** What can happen to the state. */
export type Change =
  | { readonly type: 'went'; readonly route: Route }
  | { readonly type: 'namespaces read'; readonly namespace: string; readonly namespaces: readonly string[] }
  | { readonly type: 'version read'; readonly version: string }
  | { readonly type: 'list opened' }
  | { readonly type: 'list read'; readonly infos: readonly RolloutInfo[] }
  | { readonly type: 'list told'; readonly events: readonly RolloutWatchEvent[] }
  | { readonly type: 'list failed'; readonly error: string }
  | { readonly type: 'detail told'; readonly info: RolloutInfo }
  /** Of a Rollout that is gone nothing is left to be shown, or done. */
  | { readonly type: 'detail failed'; readonly error: string; readonly isGone: boolean }
  | { readonly type: 'link changed'; readonly link: Link }
  | { readonly type: 'favorites changed'; readonly favorites: Favorites }
  | { readonly type: 'paged'; readonly page: number; readonly pageSize: number }
  | { readonly type: 'dialog opened'; readonly dialog: Dialog }
  | { readonly type: 'dialog closed' }
  | { readonly type: 'toast shown'; readonly toast: Omit<Toast, 'id'> }
  | { readonly type: 'toast dismissed'; readonly id: number }
  | { readonly type: 'command sent'; readonly key: string }
  | { readonly type: 'command answered'; readonly key: string }

const emptyList: ListState = { loading: true, infos: new Map(), told: new Set() }

/** The state before anything is known. */
export const initialState = (route: Route, favorites: Favorites, namespace: string | undefined): State => ({
  route,
  ...(namespace !== undefined && { namespace }),
  namespaces: [],
  version: '',
  list: emptyList,
  detail: {},
  link: 'connecting',
  favorites,
  page: 0,
  pageSize: 50,
  toasts: [],
  busy: [],
})

/** A list of which nothing is known yet. */
export const newList = (): ListState => emptyList
