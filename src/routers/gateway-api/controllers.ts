import type { Route } from './rules.ts'

/** What a controller of the Gateway API is known to do wrong, where the objects do not say so. */
export type ControllerFault =
  /** It takes filters of backends, which the API leaves to it (HTTPBackendRef, filters), and does nothing about them. */
  | 'ignores-backend-filters'
  /** It takes RequestMirror filters, and answers all requests of their rule with an error. */
  | 'fails-mirrored-requests'
  /** It takes the share of a RequestMirror filter, and copies all requests of its rule. */
  | 'mirrors-all-requests'

/**
 * Traefik, as of 3.6, reads filters of rules only, and makes of a rule with a RequestMirror filter one that answers each
 * request with 500, although it reports such a route as accepted. Contour, as of 1.33, reads past `percent` of a
 * RequestMirror filter.
 */
const faultsOf: ReadonlyMap<string, ReadonlySet<ControllerFault>> = new Map([
  ['traefik.io/gateway-controller', new Set<ControllerFault>(['ignores-backend-filters', 'fails-mirrored-requests'])],
  ['projectcontour.io/gateway-controller', new Set<ControllerFault>(['mirrors-all-requests'])],
])

/** The controller with this fault among those that report on a route. */
export const controllerWith = (fault: ControllerFault, { status }: Route): string | undefined =>
  status?.parents?.find(({ controllerName }) => faultsOf.get(controllerName)?.has(fault))?.controllerName
