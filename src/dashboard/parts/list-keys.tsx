import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Direction, neighbor } from '../model/neighbor.ts'
import { useApp } from './app-context.tsx'

interface ListKeys {
  readonly searchRef: RefObject<HTMLInputElement | null>
  readonly listRef: RefObject<HTMLElement | null>
  onClear(): void
}

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement

const directionOf = (key: string): Direction | undefined =>
  (['Left', 'Right', 'Up', 'Down'] as const).find((direction) => key === `Arrow${direction}`)

/** Moves the focus among the links of a list, so that Enter opens one as any link. */
const moveFocus = (list: HTMLElement, direction: Direction): void => {
  const items = [...list.querySelectorAll<HTMLElement>('[data-item]')]
  const places = items.map((item) => {
    const { left, top } = (item.closest('article, tr') ?? item).getBoundingClientRect()
    return { left, top }
  })
  const index = items.findIndex((item) => item.matches(':focus'))
  items[neighbor(places, index, direction)]?.focus()
}

/** Keys of the list: `/` goes to the search, arrows lead through the items, Escape clears the search. */
export const useListKeys = ({ searchRef, listRef, onClear }: ListKeys): void => {
  const { state } = useApp()
  const isBehind = state.dialog !== undefined
  useEffect(() => {
    if (isBehind) return
    const onKey = (event: KeyboardEvent): void => {
      if (event.metaKey || event.ctrlKey || event.altKey) return
      const direction = directionOf(event.key)
      const typed = isTyped(event.target)
      const search = searchRef.current
      if (event.key === 'Escape' && (!typed || event.target === search)) {
        onClear()
        search?.blur()
      } else if (event.key === '/' && !typed) {
        event.preventDefault()
        search?.focus()
      } else if (
        direction !== undefined &&
        listRef.current &&
        (!typed || (event.target === search && direction === 'Down'))
      ) {
        event.preventDefault()
        moveFocus(listRef.current, direction)
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}
