import { rollouts } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import { asRollout } from '../client/stored-objects.ts'
import type { StoredObject } from '../kube/informer.ts'
import { withCaches } from './caches.ts'
import { CommandError, InterruptedError } from './command-error.ts'
import type { Cluster } from './context.ts'
import type { Invocation } from './invocation.ts'

/** What is waited for in a Rollout that is looked at again whenever it changes. */
export interface Following<T> {
  readonly name: string
  /** Monotonic milliseconds at which the user's patience ends. */
  readonly limit: number
  /** The answer, or nothing yet; no Rollout at all where it was deleted. What it throws ends the waiting. */
  look(rollout: Rollout | undefined): T | undefined
  /** What is said when the time is over. */
  readonly tooLate: string
}

/**
 * Looks at a Rollout again and again until there is an answer.
 * @throws InterruptedError when the user interrupts
 */
export const followRollout = async <T>(
  invocation: Invocation,
  cluster: Cluster,
  { name, limit, look, tooLate }: Following<T>,
): Promise<T> => {
  const { clock, signal } = invocation.context
  const { namespace } = cluster
  const scopes = { rollouts: { resource: rollouts, namespace, fieldSelector: `metadata.name=${name}` } }
  return withCaches(invocation, cluster, scopes, async ({ of, bell }) => {
    for (;;) {
      if (signal.aborted) throw new InterruptedError('interrupted')
      const stored = of.rollouts.store.get(namespace, name)
      const answer = look(stored && asRollout(stored as StoredObject))
      if (answer !== undefined) return answer
      const left = limit - clock.monotonic()
      if (left <= 0) throw new CommandError(tooLate)
      await bell.wait(clock, left, signal)
    }
  })
}
