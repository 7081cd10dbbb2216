import type { Link } from '../model/state.ts'
import type { Ports } from './ports.ts'

/** The first wait before a stream is opened again; it doubles up to {@link longestWaitMs}. */
const firstWaitMs = 500
const longestWaitMs = 8000
/** A page may be hidden for a moment, by a change of tabs, without its stream being closed. */
const hiddenGraceMs = 500

/** What happens on a stream that is kept open. */
export interface LiveHandlers {
  /** It is open, again or for the first time. */
  opened(): void
  message(data: string): void
  /** It broke, and is tried again. */
  failed(): void
  linkChanged(link: Link): void
}

/**
 * Keeps a stream open: it is opened again after it broke, later each time, and closed while nobody can see the page.
 * @returns closes it for good
 */
export const keepLive = (
  ports: Pick<Ports, 'openStream' | 'later' | 'isVisible' | 'onVisibility'>,
  path: string,
  handlers: LiveHandlers,
): (() => void) => {
  let wait = firstWaitMs
  let close: (() => void) | undefined
  let cancel: (() => void) | undefined
  let ended = false

  const stop = (): void => {
    close?.()
    cancel?.()
    close = undefined
    cancel = undefined
  }
  const start = (): void => {
    stop()
    handlers.linkChanged('connecting')
    close = ports.openStream(path, {
      opened: () => {
        wait = firstWaitMs
        handlers.linkChanged('live')
        handlers.opened()
      },
      message: handlers.message,
      failed: () => {
        stop()
        handlers.linkChanged('waiting')
        cancel = ports.later(wait, start)
        wait = Math.min(2 * wait, longestWaitMs)
        handlers.failed()
      },
    })
  }
  const pause = (): void => {
    if (ended || ports.isVisible()) return
    stop()
    handlers.linkChanged('paused')
  }

  ports.onVisibility(() => {
    if (ended) return
    if (!ports.isVisible()) ports.later(hiddenGraceMs, pause)
    else if (close === undefined) start()
  })
  if (ports.isVisible()) start()
  else handlers.linkChanged('paused')
  return () => {
    ended = true
    stop()
  }
}
