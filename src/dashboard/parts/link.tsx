import type { ComponentChildren } from 'preact'
import { addressOf, type Route } from '../model/route.ts'
import { useApp } from './app-context.tsx'

interface LinkProps {
  readonly to: Route
  readonly class?: string
  /** Marks an item of a list through which the arrow keys lead. */
  readonly item?: boolean
  readonly children: ComponentChildren
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

/** A link within the page: a real one, which opens in another tab too. */
export const Link = ({ to, item = false, children, ...props }: LinkProps) => {
  const { session, href } = useApp()
  const follow = (event: MouseEvent): void => {
    if (!isPlainClick(event)) return
    event.preventDefault()
    session.go(to)
  }
  return (
    <a href={href(addressOf(to))} class={props.class} data-item={item ? '' : undefined} onClick={follow}>
      {children}
    </a>
  )
}
