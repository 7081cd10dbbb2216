import type {
  NamespaceInfo,
  RolloutInfo,
  RolloutInfoList,
  RolloutWatchEvent,
  StreamMessage,
  VersionInfo,
} from '../../server/dashboard/messages.ts'
import { accepted, type Command, refused, requestOf } from '../model/actions.ts'
import { addressOf, type Route } from '../model/route.ts'
import { type Change, initialState, type State } from '../model/state.ts'
import { favoritesIn, favoritesKey, namespaceKey } from '../model/storage.ts'
import type { Store } from '../model/store.ts'
import { failureText, isNotFound, notFoundCode, put, read } from './api.ts'
import { keepLive } from './live.ts'
import type { Ports } from './ports.ts'

/** Events that come within this time are shown together. */
const gatherMs = 100
/** How long a message of success stays; one of failure stays until somebody closes it. */
const successMs = 5000

/** What the page's parts can ask for. */
export interface Session {
  /** Shows something else; `replace` where going back is not to lead here. */
  go(route: Route, how?: 'push' | 'replace'): void
  /** Shows what an address says, after somebody went back or forth. */
  follow(route: Route): void
  /** Carries commands out in their order, up to the first that fails. */
  run(commands: readonly Command[], namespace: string, name: string): Promise<void>
  toggleFavorite(name: string): void
  /** Puts a text where it can be pasted from. */
  copy(text: string): Promise<void>
}

type AppStore = Store<State, Change>

const messageOf = <T>(data: string): StreamMessage<T> => JSON.parse(data)

/** Collects events, and hands them on together. */
const gather = <T>(ports: Pick<Ports, 'later'>, flush: (events: readonly T[]) => void): ((event: T) => void) => {
  let waiting: T[] = []
  return (event) => {
    waiting.push(event)
    if (waiting.length > 1) return
    ports.later(gatherMs, () => {
      const events = waiting
      waiting = []
      flush(events)
    })
  }
}

const watchList = (ports: Ports, { dispatch }: AppStore, namespace: string): (() => void) => {
  const path = `rollouts/${encodeURIComponent(namespace)}/info`
  let ended = false
  const change = (next: Change): void => {
    if (!ended) dispatch(next)
  }
  const readAll = async (): Promise<void> => {
    try {
      const { rollouts = [] } = await read<RolloutInfoList>(ports, path)
      change({ type: 'list read', infos: rollouts })
    } catch (error) {
      change({ type: 'list failed', error: failureText(error) })
    }
  }
  const told = gather<RolloutWatchEvent>(ports, (events) => change({ type: 'list told', events }))
  const stop = keepLive(ports, `${path}/watch`, {
    opened: () => {
      change({ type: 'list opened' })
      // Tells what was deleted while no stream was open.
      void readAll()
    },
    message: (data) => {
      const message = messageOf<RolloutWatchEvent>(data)
      if ('result' in message) told(message.result)
      else change({ type: 'list failed', error: message.error.message })
    },
    // A stream does not tell why it was refused; the same question as a request does.
    failed: () => void readAll(),
    linkChanged: (link) => change({ type: 'link changed', link }),
  })
  return () => {
    ended = true
    stop()
  }
}

const watchDetail = (ports: Ports, { dispatch }: AppStore, namespace: string, name: string): (() => void) => {
  const path = `rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/info`
  let ended = false
  const change = (next: Change): void => {
    if (!ended) dispatch(next)
  }
  const stop = keepLive(ports, `${path}/watch`, {
    opened: () => undefined,
    message: (data) => {
      const message = messageOf<RolloutInfo>(data)
      if ('result' in message) change({ type: 'detail told', info: message.result })
      else change({ type: 'detail failed', error: message.error.message, isGone: message.error.code === notFoundCode })
    },
    failed: () =>
      void read<RolloutInfo>(ports, path).then(
        (info) => change({ type: 'detail told', info }),
        (error: unknown) => change({ type: 'detail failed', error: failureText(error), isGone: isNotFound(error) }),
      ),
    linkChanged: (link) => change({ type: 'link changed', link }),
  })
  return () => {
    ended = true
    stop()
  }
}

/** What has to be listened to for a state, as a text that changes when it does. */
const subjectOf = ({ route, namespace }: State): string =>
  route.view === 'list' ? `${namespace}` : `${namespace}/${route.name}`

/** Listens to what the state shows, and to something else as soon as it shows that. */
const follower = (ports: Ports, store: AppStore): (() => void) => {
  let subject = ''
  let stop: (() => void) | undefined
  return () => {
    const { route, namespace } = store.state()
    const next = subjectOf(store.state())
    if (namespace === undefined || next === subject) return
    subject = next
    stop?.()
    ports.keep(namespaceKey, namespace)
    stop = route.view === 'list' ? watchList(ports, store, namespace) : watchDetail(ports, store, namespace, route.name)
  }
}

const readHead = async (ports: Ports, { dispatch }: AppStore): Promise<void> => {
  void read<VersionInfo>(ports, 'version').then(
    ({ rolloutsVersion }) => dispatch({ type: 'version read', version: rolloutsVersion }),
    // The list or the Rollout tells the same failure where people look.
    () => undefined,
  )
  try {
    const { namespace, availableNamespaces = [] } = await read<NamespaceInfo>(ports, 'namespace')
    dispatch({ type: 'namespaces read', namespace, namespaces: availableNamespaces })
  } catch (error) {
    dispatch({ type: 'list failed', error: failureText(error) })
    dispatch({ type: 'detail failed', error: failureText(error), isGone: false })
  }
}

/** The state to begin with: what the address names, then what the last visit showed. */
export const firstState = (ports: Pick<Ports, 'kept'>, route: Route): State =>
  initialState(route, favoritesIn(ports.kept(favoritesKey)), route.namespace ?? ports.kept(namespaceKey))

/** Runs the page's effects: streams that follow what is shown, requests, and what is kept in the browser. */
export const startSession = (ports: Ports, store: AppStore): Session => {
  const { dispatch } = store
  const show = (tone: 'good' | 'bad', title: string, text: string): void => {
    dispatch({ type: 'toast shown', toast: { tone, title, text } })
    const id = store.state().toasts.at(-1)?.id
    if (tone === 'good' && id !== undefined) ports.later(successMs, () => dispatch({ type: 'toast dismissed', id }))
  }
  const follow = follower(ports, store)
  store.subscribe(follow)
  // The first state may name everything already: nothing changes then that the follower would hear of.
  follow()
  void readHead(ports, store)
  return {
    go(route, how = 'push') {
      ports.showAddress(addressOf(route), how)
      dispatch({ type: 'went', route })
    },
    follow: (route) => dispatch({ type: 'went', route }),
    async run(commands, namespace, name) {
      const key = `${namespace}/${name}`
      dispatch({ type: 'command sent', key })
      for (const command of commands) {
        const { path, body } = requestOf(command, namespace, name)
        try {
          await put(ports, path, body)
          show('good', accepted(command, name), '')
        } catch (error) {
          show('bad', refused(command, name), failureText(error))
          break
        }
      }
      dispatch({ type: 'command answered', key })
    },
    async copy(text) {
      try {
        await ports.copy(text)
        show('good', 'Copied', text)
      } catch {
        // A page that came by plain HTTP from another machine may not.
        show('bad', 'The browser does not let this page copy', text)
      }
    },
    toggleFavorite(name) {
      const { [name]: marked, ...others } = store.state().favorites
      const favorites = marked === true ? others : { ...others, [name]: true as const }
      ports.keep(favoritesKey, JSON.stringify(favorites))
      dispatch({ type: 'favorites changed', favorites })
    },
  }
}
