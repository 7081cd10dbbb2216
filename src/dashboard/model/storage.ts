import type { Favorites } from './filters.ts'

/** Where favourites are kept in the browser: the published page's name, so that they carry over. */
export const favoritesKey = 'rolloutsFavorites'

/** Where the namespace of the last visit is kept: the published page's name. */
export const namespaceKey = 'namespace'

/** Reads favourites; anything that is none, such as a text that somebody else wrote, is no favourite. */
export const favoritesIn = (kept: string | undefined): Favorites => {
  try {
    const value: unknown = JSON.parse(kept ?? '{}')
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, on]) => (on === true ? [[name, true as const]] : [])),
    )
  } catch {
    return {}
  }
}
