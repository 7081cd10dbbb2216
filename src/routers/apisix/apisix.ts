import { type FieldError, invalid } from '../../api/field-error.ts'
import type { ApisixRoute } from '../../api/kubernetes/apisix-route.ts'
import { apisixRoutes } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, equalJson } from '../../lib/json-value.ts'
import { isOwnedBy } from '../owned-objects.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent } from '../router.ts'
import { type HeaderRouteObject, headerRouteObjects, newHeaderRoute } from './header-routes.ts'
import type { ApisixSpec } from './rules.ts'
import { apisixWeights } from './weights.ts'

type Route = DeepReadonly<ApisixRoute>

const refOf = (name: string, { metadata }: DeepReadonly<Rollout>): ObjectRef => ({
  resource: apisixRoutes,
  namespace: metadata.namespace ?? '',
  name,
})

// The API server holds ApisixRoutes to the product's own schema, of which our type is a part.
const routeIn = (name: string, rollout: DeepReadonly<Rollout>, known: KnownObjects): Route | undefined =>
  known.get(refOf(name, rollout)) as unknown as Route | undefined

/** The objects of header routes that a Rollout has made. */
const ownedRoutes = (rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly Route[] =>
  known
    .list(apisixRoutes, rollout.metadata.namespace ?? '')
    .map((object) => object as unknown as Route)
    .filter((route) => isOwnedBy(route, rollout))

const managedNames = ({ spec }: DeepReadonly<Rollout>): readonly string[] =>
  (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name)

const nameFaults = (
  { route }: ApisixSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] =>
  managedNames(rollout).flatMap((name, index) => {
    const field = `spec.strategy.canary.trafficRouting.managedRoutes[${index}].name`
    if (name === route?.name) return [invalid(field, name, 'a route must not have the name of the ApisixRoute itself')]
    const live = routeIn(name, rollout, known)
    return live === undefined || isOwnedBy(live, rollout)
      ? []
      : [invalid(field, name, `duplicate ApisixRoute [${name}] already exists`)]
  })

const writeOf = (
  wanted: HeaderRouteObject,
  main: Route,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const ref = refOf(wanted.name, rollout)
  const live = routeIn(wanted.name, rollout, known)
  const why = `requests of ${wanted.name} to the canary`
  if (live === undefined) {
    const object = cloneJson(newHeaderRoute(wanted, main, rollout)) as unknown as JsonObject
    return [{ type: 'create', ref, object, why }]
  }
  if (!isOwnedBy(live, rollout) || equalJson(live.spec, wanted.spec)) return []
  const gone = Object.keys(live.spec).filter((key) => !(key in wanted.spec))
  const spec = { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted.spec }
  const patch = { metadata: { resourceVersion: live.metadata.resourceVersion }, spec }
  return [{ type: 'patch', ref, patch: cloneJson(patch) as unknown as JsonObject, why }]
}

const removalOf = ({ metadata }: Route, rollout: DeepReadonly<Rollout>): ObjectWrite => ({
  type: 'delete',
  ref: refOf(metadata.name, rollout),
  uid: metadata.uid,
  why: `the route ${metadata.name} is over`,
})

const headerWrites = (
  intent: TrafficIntent,
  spec: ApisixSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const main = routeIn(spec.route?.name ?? '', rollout, known)
  const wanted = main === undefined ? [] : headerRouteObjects(main, intent, spec)
  const isOver = ({ metadata }: Route): boolean =>
    main !== undefined && !wanted.some(({ name }) => name === metadata.name) && metadata.name !== main.metadata.name
  return [
    ...wanted.flatMap((one) => (main === undefined ? [] : writeOf(one, main, rollout, known))),
    ...ownedRoutes(rollout, known)
      .filter(isOver)
      .map((route) => removalOf(route, rollout)),
  ]
}

/**
 * Sets the weights of the backends in the rules of an ApisixRoute, and keeps one more ApisixRoute for each header route, which
 * belongs to the Rollout. Rules of others and all else in the route stay as their owner wrote them.
 */
export const apisixRouter: Router<ApisixSpec> = {
  ...apisixWeights,
  abilities: ['header-routes', 'cookie-routes', 'query-routes'],
  refs: (spec, rollout, known) => [
    ...apisixWeights.refs(spec, rollout, known),
    ...[...new Set([...managedNames(rollout), ...ownedRoutes(rollout, known).map(({ metadata }) => metadata.name)])]
      .filter((name) => name !== spec.route?.name)
      .map((name) => refOf(name, rollout)),
  ],
  validate: (spec, rollout, known) => [
    ...apisixWeights.validate(spec, rollout, known),
    ...nameFaults(spec, rollout, known),
  ],
  desire: (intent, spec, rollout, known) => [
    ...apisixWeights.desire(intent, spec, rollout, known),
    ...headerWrites(intent, spec, rollout, known),
  ],
  verify: (intent, spec, rollout, known) =>
    headerWrites(intent, spec, rollout, known).length === 0
      ? apisixWeights.verify(intent, spec, rollout, known)
      : { state: 'pending', why: `ApisixRoutes beside ${spec.route?.name ?? ''} are not as they should be yet` },
}
