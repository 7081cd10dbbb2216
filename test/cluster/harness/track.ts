import type { z } from 'zod'

import type { ApiClient, Change } from './api-client.ts'
import { eventually } from './wait.ts'

/** Every state of the objects at one path since it was opened, as the API server told it. */
export interface Track<T> {
  /** All states, in the order of their resource versions. */
  states(): readonly T[]
  /** Resolves in the very moment in which a state that fits is told; one from before counts too. */
  first(fits: (object: T) => boolean): Promise<T>
  /** The same, of the states that are told from now on. */
  next(fits: (object: T) => boolean): Promise<T>
  close(): void
}

interface HasVersion {
  readonly metadata: { readonly resourceVersion: string }
}

const versionOf = ({ metadata }: HasVersion): number => Number(metadata.resourceVersion)

/** Follows the objects at a path; the state in which an object was deleted is not told. @throws ApiError */
export async function openTrack<T extends HasVersion>(
  api: ApiClient,
  path: string,
  schema: z.ZodType<T>,
): Promise<Track<T>> {
  const states: T[] = []
  const waiting = new Set<(object: T) => void>()
  const note = ({ type, object }: Change<T>): void => {
    if (type === 'DELETED') return
    states.push(object)
    for (const tell of waiting) tell(object)
  }
  // A kind that was installed a moment ago cannot be watched at once.
  const watching = await eventually(`watching ${path}`, async () => ({ found: await api.watch(path, schema, note) }))
  const next = (fits: (object: T) => boolean): Promise<T> =>
    new Promise((resolve) => {
      const tell = (object: T): void => {
        if (!fits(object)) return
        waiting.delete(tell)
        resolve(object)
      }
      waiting.add(tell)
    })
  return {
    states: () => states.toSorted((one, other) => versionOf(one) - versionOf(other)),
    first: (fits) => {
      const known = states.find(fits)
      return known === undefined ? next(fits) : Promise.resolve(known)
    },
    next,
    close: () => watching.stop(),
  }
}
