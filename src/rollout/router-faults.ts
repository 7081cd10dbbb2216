import { type FieldError, forbidden, invalid } from '../api/field-error.ts'
import { OtherClusterError } from '../kube/errors.ts'
import type { Resource } from '../kube/resource.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { BoundRouter, KnownObjects } from '../routers/router.ts'

/** What is known of a cache that a router reads. */
type RouterCache = Pick<SharedInformer<unknown>, 'state' | 'synced' | 'refused' | 'problem'>

const fieldOf = ({ name }: BoundRouter): string => `spec.strategy.canary.trafficRouting.${name}`

const notServed = (router: BoundRouter, { kind, plural, group, version }: Resource): FieldError =>
  invalid(
    fieldOf(router),
    kind,
    `the API server does not serve ${plural} of ${group}/${version}: install the product's CRDs, or name the version ` +
      'that they have by a flag of the controller',
  )

const notReadable = (router: BoundRouter, { plural, group }: Resource, problem: unknown): FieldError =>
  forbidden(
    fieldOf(router),
    problem instanceof OtherClusterError
      ? problem.message
      : `the controller may not read ${plural} of ${group}: give its ClusterRole the verbs get, list, watch, patch for them`,
  )

/** Kinds of a router that nobody can read now, each with what to do about it. */
export const unreadableKinds = (
  router: BoundRouter,
  cacheOf: (resource: Resource) => RouterCache,
  isGivenUp: boolean,
): readonly FieldError[] =>
  router.resources.flatMap((resource) => {
    const cache = cacheOf(resource)
    if (cache.state === 'absent') return [notServed(router, resource)]
    // A release that is given up goes back on the picture there is.
    return cache.refused && !(isGivenUp && cache.synced) ? [notReadable(router, resource, cache.problem)] : []
  })

const misshapen = (router: BoundRouter, known: KnownObjects, error: unknown): FieldError => {
  const names = router.refs(known).map(({ resource, name }) => `${resource.kind} "${name}"`)
  const why = error instanceof Error ? error.message : String(error)
  return forbidden(fieldOf(router), `${names.join(', ')} cannot be read, having another shape than its kind: ${why}`)
}

/**
 * What a router says of its objects. Where there is no schema, an object may have any shape; one that the router cannot read
 * is a fault of that object, which is told to `onFault`, and the answer is `otherwise`.
 */
export const askOfObjects = <T>(
  router: BoundRouter,
  known: KnownObjects,
  ask: () => T,
  otherwise: T,
  onFault: (fault: FieldError) => void,
): T => {
  try {
    return ask()
  } catch (error) {
    onFault(misshapen(router, known, error))
    return otherwise
  }
}

/** What is wrong with a router of the spec, in the light of its objects. */
export const faultsOfRouter = (router: BoundRouter, known: KnownObjects): readonly FieldError[] => {
  const faults: FieldError[] = []
  const found = askOfObjects(
    router,
    known,
    () => router.validate(known),
    [],
    (fault) => faults.push(fault),
  )
  return [...faults, ...found]
}
