import type { RolloutInfo, RolloutWatchEvent } from '../../server/dashboard/messages.ts'
import type { Route } from './route.ts'
import { type Change, type ListState, newList, type State, type Toast } from './state.ts'

/** More messages than these hide the page; the oldest goes. */
const maxToasts = 4

const listRead = ({ infos, told }: ListState, read: readonly RolloutInfo[]): ListState => {
  const next = new Map(read.map((info) => [info.objectMeta.name, info]))
  // What the open stream has told since is newer than the answer, deletions too.
  for (const name of told) {
    const info = infos.get(name)
    if (info === undefined) next.delete(name)
    else next.set(name, info)
  }
  return { loading: false, infos: next, told }
}

const listTold = ({ infos, told, loading }: ListState, events: readonly RolloutWatchEvent[]): ListState => {
  const next = new Map(infos)
  for (const event of events) {
    if (event.type === 'Deleted') next.delete(event.rolloutInfo.objectMeta.name)
    else next.set(event.rolloutInfo.objectMeta.name, event.rolloutInfo)
  }
  return { loading, infos: next, told: new Set([...told, ...events.map((event) => event.rolloutInfo.objectMeta.name)]) }
}

const listChange = (list: ListState, change: Change): ListState => {
  switch (change.type) {
    case 'list opened':
      return { ...list, told: new Set() }
    case 'list read':
      return listRead(list, change.infos)
    case 'list told':
      return listTold(list, change.events)
    case 'list failed':
      return { ...list, loading: false, error: change.error }
    default:
      return list
  }
}

const sameRollout = (a: Route, b: Route): boolean =>
  a.view === 'rollout' && b.view === 'rollout' && a.name === b.name && a.namespace === b.namespace

const withoutDialog = ({ dialog: _, ...state }: State): State => state

const went = (state: State, route: Route): State => {
  const namespace = route.namespace ?? state.namespace
  return {
    ...withoutDialog(state),
    route,
    ...(namespace !== undefined && { namespace }),
    list: namespace === state.namespace ? state.list : newList(),
    detail: sameRollout(state.route, route) ? state.detail : {},
    page: 0,
  }
}

const withToast = (toasts: readonly Toast[], toast: Omit<Toast, 'id'>): readonly Toast[] => {
  const id = Math.max(0, ...toasts.map((one) => one.id)) + 1
  return [...toasts, { ...toast, id }].slice(-maxToasts)
}

/** What the state is after a change. Pure; the only way in which the page's state changes. */
export const reduce = (state: State, change: Change): State => {
  switch (change.type) {
    case 'went':
      return went(state, change.route)
    case 'namespaces read':
      return { ...state, namespace: state.namespace ?? change.namespace, namespaces: change.namespaces }
    case 'version read':
      return { ...state, version: change.version }
    case 'list opened':
    case 'list read':
    case 'list told':
    case 'list failed':
      return { ...state, list: listChange(state.list, change) }
    case 'detail told':
      return { ...state, detail: { info: change.info } }
    case 'detail failed':
      return { ...state, detail: { ...(change.isGone ? {} : state.detail), error: change.error } }
    case 'link changed':
      return { ...state, link: change.link }
    case 'favorites changed':
      return { ...state, favorites: change.favorites }
    case 'paged':
      return { ...state, page: change.page, pageSize: change.pageSize }
    case 'dialog opened':
      return { ...state, dialog: change.dialog }
    case 'dialog closed':
      return withoutDialog(state)
    case 'toast shown':
      return { ...state, toasts: withToast(state.toasts, change.toast) }
    case 'toast dismissed':
      return { ...state, toasts: state.toasts.filter(({ id }) => id !== change.id) }
    case 'command sent':
      return { ...state, busy: [...state.busy, change.key] }
    case 'command answered':
      return { ...state, busy: state.busy.filter((key) => key !== change.key) }
    default:
      return change satisfies never
  }
}
