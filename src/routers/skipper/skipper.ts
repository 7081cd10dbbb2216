import { type FieldError, invalid, required } from '../../api/field-error.ts'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { ingresses } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { SkipperRouting } from '../../api/routers/skipper.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, equalJson } from '../../lib/json-value.ts'
import { isOwnedBy } from '../owned-objects.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'
import {
  type HeaderIngress,
  headerIngresses,
  headerIngressName,
  isOfSkipper,
  newHeaderIngress,
  predicateAnnotation,
} from './header-routes.ts'
import { changedWeights, servicesByPath, weightsAnnotation } from './weights.ts'

const at = 'spec.strategy.canary.trafficRouting.skipper.ingresses'
/** What names of Ingresses are made of (Kubernetes, "Object Names and IDs", DNS subdomains). */
const objectName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/

type Spec = DeepReadonly<SkipperRouting>

const refOf = (name: string, { metadata }: DeepReadonly<Rollout>): ObjectRef => ({
  resource: ingresses,
  namespace: metadata.namespace ?? '',
  name,
})

// The API server holds Ingresses to its own schema, of which our type is a part.
const ingressIn = (name: string, rollout: DeepReadonly<Rollout>, known: KnownObjects) =>
  known.get(refOf(name, rollout)) as unknown as DeepReadonly<Ingress> | undefined

const managedNames = ({ spec }: DeepReadonly<Rollout>): readonly string[] =>
  (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name)

/** Ingresses that were made for header routes of a Rollout. */
const ownedIngresses = (rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly DeepReadonly<Ingress>[] =>
  known
    .list(ingresses, rollout.metadata.namespace ?? '')
    .map((object) => object as unknown as DeepReadonly<Ingress>)
    .filter((one) => isOwnedBy(one, rollout) && one.metadata.annotations?.[predicateAnnotation] !== undefined)

const nameFaults = (ingress: string, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly FieldError[] =>
  managedNames(rollout).flatMap((route, index) => {
    const field = `spec.strategy.canary.trafficRouting.managedRoutes[${index}].name`
    const name = headerIngressName(rollout.metadata.name, ingress, route)
    if (!objectName.test(name))
      return [invalid(field, route, `an Ingress cannot have the name "${name}" that it needs`)]
    const live = ingressIn(name, rollout, known)
    return live === undefined || isOwnedBy(live, rollout)
      ? []
      : [invalid(field, route, `the Ingress "${name}" that it needs is controlled by a different object`)]
  })

const faultsOf = (
  name: string,
  field: string,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const ingress = ingressIn(name, rollout, known)
  if (ingress === undefined) return [invalid(field, name, `ingress.networking.k8s.io "${name}" not found`)]
  const { canary, stable } = serviceRolesOf(rollout)
  const paths = [...servicesByPath(ingress.spec).values()]
  if (paths.some((services) => services.has(canary) && services.has(stable))) return nameFaults(name, rollout, known)
  const services = `stable Service "${stable}" and canary Service "${canary}"`
  return [invalid(field, name, `no path of Ingress "${name}" has both the ${services} as backends`)]
}

/** Others than Skipper's are somebody else's and stay. */
const changedAnnotations = (live: DeepReadonly<Ingress>, { annotations: wanted }: HeaderIngress) => {
  const there = live.metadata.annotations ?? {}
  const gone = Object.keys(there).filter((key) => isOfSkipper(key) && wanted[key] === undefined)
  const changed = Object.entries(wanted).filter(([key, value]) => there[key] !== value)
  return { ...Object.fromEntries(changed), ...Object.fromEntries(gone.map((key) => [key, null])) }
}

const headerWrite = (
  wanted: HeaderIngress,
  stable: DeepReadonly<Ingress>,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const ref = refOf(wanted.name, rollout)
  const live = ingressIn(wanted.name, rollout, known)
  const why = 'requests of a header route to the canary'
  if (live === undefined) {
    const object = cloneJson(newHeaderIngress(wanted, stable, rollout)) as unknown as JsonObject
    return [{ type: 'create', ref, object, why }]
  }
  if (!isOwnedBy(live, rollout)) return []
  const annotations = changedAnnotations(live, wanted)
  const { rules, ingressClassName } = wanted.spec
  const isRouted = equalJson([live.spec.rules, live.spec.ingressClassName], [rules, ingressClassName])
  if (isRouted && Object.keys(annotations).length === 0) return []
  const patch = {
    metadata: {
      resourceVersion: live.metadata.resourceVersion,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    ...(!isRouted && { spec: { rules, ingressClassName: ingressClassName ?? null } }),
  }
  return [{ type: 'patch', ref, patch: cloneJson(patch) as unknown as JsonObject, why }]
}

/** What header routes need, and the removal of those that are over. */
const headerWrites = (
  { ingresses: names }: Spec,
  intent: TrafficIntent,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const wanted = names.flatMap((name) => {
    const stable = ingressIn(name, rollout, known)
    return stable === undefined ? [] : headerIngresses(stable, intent, rollout).map((one) => ({ stable, one }))
  })
  const over = ownedIngresses(rollout, known).filter(
    ({ metadata }) => !wanted.some(({ one }) => one.name === metadata.name),
  )
  return [
    ...wanted.flatMap(({ stable, one }) => headerWrite(one, stable, rollout, known)),
    ...over.map(
      ({ metadata: { name, uid } }): ObjectWrite => ({
        type: 'delete',
        ref: refOf(name, rollout),
        uid,
        why: 'its header route is over',
      }),
    ),
  ]
}

const writesFor = (
  name: string,
  intent: TrafficIntent,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const ingress = ingressIn(name, rollout, known)
  const weights = ingress && changedWeights(ingress, intent)
  if (ingress === undefined || weights === undefined) return []
  // The annotation holds weights of others too, so it is replaced as a whole.
  const metadata = { resourceVersion: ingress.metadata.resourceVersion, annotations: { [weightsAnnotation]: weights } }
  const why = `${intent.canary.weight} of ${intent.maxWeight} to ${intent.canary.serviceName}`
  return [{ type: 'patch', ref: refOf(name, rollout), patch: { metadata }, why }]
}

const writesOf = (
  intent: TrafficIntent,
  spec: Spec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => [
  ...spec.ingresses.flatMap((name) => writesFor(name, intent, rollout, known)),
  ...headerWrites(spec, intent, rollout, known),
]

/**
 * Sets the weights of the two Services in an annotation of Ingresses that Skipper serves, and keeps one more Ingress for each
 * header route, which belongs to the Rollout. Weights of other Services and all else stay as their owner wrote them.
 */
export const skipperRouter: Router<Spec> = {
  name: 'skipper',
  // Skipper takes weights for a ratio, so any total does.
  abilities: ['header-routes', 'cookie-routes', 'query-routes', 'ping-pong', 'weights-beyond-100'],
  resources: [ingresses],
  refs: (spec, rollout, known) => {
    const made = spec.ingresses.flatMap((name) =>
      managedNames(rollout).map((route) => headerIngressName(rollout.metadata.name, name, route)),
    )
    const names = [...spec.ingresses, ...made, ...ownedIngresses(rollout, known).map(({ metadata }) => metadata.name)]
    return [...new Set(names)].map((name) => refOf(name, rollout))
  },
  validate: (spec, rollout, known) => [
    ...(spec.ingresses.length === 0 ? [required(at, 'name at least one Ingress')] : []),
    ...spec.ingresses.flatMap((name, index) => faultsOf(name, `${at}[${index}]`, rollout, known)),
  ],
  desire: writesOf,
  verify: (intent, spec, rollout, known): Verification => {
    const behind = spec.ingresses.find((name) => writesFor(name, intent, rollout, known).length > 0)
    if (behind !== undefined) return { state: 'pending', why: `Ingress ${behind} does not have the weights yet` }
    // Skipper reports nothing about what it has taken over.
    return headerWrites(spec, intent, rollout, known).length === 0
      ? { state: 'not-verifiable' }
      : { state: 'pending', why: 'the Ingresses of header routes are not as they should be yet' }
  },
}
