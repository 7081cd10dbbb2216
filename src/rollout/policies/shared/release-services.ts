import type { Draft } from '../../draft.ts'

/** Gives back Services that the Rollout manages and its strategy no longer names. */
export const releaseServices = ({ services, snapshot }: Draft): void => {
  for (const service of snapshot.formerServices) services.release(service)
}
