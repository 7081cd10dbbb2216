import type { KumaHttpRoute, KumaStringMatcher } from '../../api/kubernetes/kuma-traffic-route.ts'
import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fingerprintOf, type ManagedParts } from '../managed-parts.ts'
import { inManagedOrder, withManagedRoutes } from '../managed-routes.ts'
import type { HeaderRoute, TrafficIntent } from '../router.ts'
import { hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { destinationShape, type Split } from './splits.ts'

type Route = DeepReadonly<KumaHttpRoute>

const matcher = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): KumaStringMatcher => {
  if (exact) return { exact }
  return prefix ? { prefix } : { regex: regex ?? '' }
}

/** A route narrowed to what a header route asks for; `undefined` where it asks for one of these headers already. */
export const narrowed = ({ match = {} }: Route, header: Pick<HeaderRoute, 'match'>): Route['match'] | undefined => {
  // Of several conditions on one header the last one counts, as in the published controller.
  const asked = new Map(header.match.map((one) => [one.headerName.toLowerCase(), one]))
  const there = match.headers ?? {}
  if (Object.keys(there).some((name) => asked.has(name.toLowerCase()))) return undefined
  const added = [...asked.values()].map(({ headerName, headerValue }) => [headerName, matcher(headerValue)] as const)
  return { ...match, headers: { ...there, ...Object.fromEntries(added) } }
}

/** Tells a route from others by what it matches and where to, weights aside. */
const fingerprint = ({ match = {}, destination = {}, split = [] }: Route): string =>
  fingerprintOf({ match, destination, split: split.map((one) => one.destination ?? {}) })

const headerRoutes = (bases: readonly Route[], intent: TrafficIntent, namespace: string): readonly Route[] => {
  const { serviceOf } = destinationShape(namespace)
  return inManagedOrder(intent.headerRoutes, intent).flatMap((header) =>
    bases.flatMap((base): readonly Route[] => {
      const match = narrowed(base, header)
      const canary = base.split?.find((entry) => serviceOf(entry) === intent.canary.serviceName)
      if (match === undefined || canary?.destination === undefined) return []
      const { split: _, ...rest } = base
      return [{ ...rest, match, destination: canary.destination }]
    }),
  )
}

/**
 * The HTTP part of a TrafficRoute with the intended weights and a route to the canary for each header route, and what of it was
 * added: right before the routes that they narrow, and, for requests that nothing else matches, at the end.
 */
export const desiredHttp = (
  { http = [], split = [] }: { readonly http?: readonly Route[] | undefined; readonly split?: Split | undefined },
  intent: TrafficIntent,
  namespace: string,
  former: ManagedParts,
): { readonly http: readonly Route[]; readonly added: readonly string[] } => {
  const shape = destinationShape(namespace)
  const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
  const { routes, added } = withManagedRoutes<Route>(
    http,
    {
      isSplit: (route) => hasBothServices(route.split ?? [], shape, roles),
      weighted: (route) => ({
        ...route,
        split: weightedEntries(route.split ?? [], shape, intent, former.backends ?? []),
      }),
      made: (bases) => headerRoutes(bases, intent, namespace),
      fingerprint,
    },
    former,
  )
  const last = hasBothServices(split, shape, roles) ? headerRoutes([{ split }], intent, namespace) : []
  const ours = last.map(fingerprint)
  return {
    http: [...routes.filter((route) => !ours.includes(fingerprint(route))), ...last],
    added: [...added, ...ours],
  }
}
