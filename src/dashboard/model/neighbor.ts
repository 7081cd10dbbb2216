/** Where an item of a list stands on the screen, in pixels. */
export interface Place {
  readonly left: number
  readonly top: number
}

/** An arrow key, without its `Arrow`. */
export type Direction = 'Left' | 'Right' | 'Up' | 'Down'

const nearest = (places: readonly Place[], top: number, left: number): number => {
  const row = places.map((place, index) => ({ ...place, index })).filter((place) => place.top === top)
  const best = row.reduce<(typeof row)[number] | undefined>(
    (found, place) => (found && Math.abs(found.left - left) <= Math.abs(place.left - left) ? found : place),
    undefined,
  )
  return best?.index ?? -1
}

/**
 * The item that an arrow key leads to, from the one at `index`, in items that stand in rows from left to right. From none it
 * is the first, or the last by Up; at an end it stays. -1 where there are no items.
 */
export const neighbor = (places: readonly Place[], index: number, direction: Direction): number => {
  const last = places.length - 1
  const here = places[index]
  if (here === undefined) return direction === 'Up' ? last : Math.min(0, last)
  if (direction === 'Left') return Math.max(0, index - 1)
  if (direction === 'Right') return Math.min(last, index + 1)
  const tops = places.map(({ top }) => top).filter((top) => (direction === 'Up' ? top < here.top : top > here.top))
  if (tops.length === 0) return index
  return nearest(places, direction === 'Up' ? Math.max(...tops) : Math.min(...tops), here.left)
}
