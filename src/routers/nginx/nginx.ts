import { type FieldError, invalid } from '../../api/field-error.ts'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { ingresses } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { NginxRouting } from '../../api/routers/nginx.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { isOwnedBy } from '../owned-objects.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent } from '../router.ts'
import {
  annotationChange,
  canaryAnnotations,
  canaryIngressName,
  canarySpec,
  newCanaryIngress,
  recordOfRoutes,
  rulesOfStable,
  specChange,
} from './canary-ingress.ts'
import { stepErrors } from './step-validation.ts'

const at = 'spec.strategy.canary.trafficRouting.nginx'

type NamedIngress = { readonly name: string; readonly field: string }

const stableIngresses = (spec: DeepReadonly<NginxRouting>): readonly NamedIngress[] => [
  ...(spec.stableIngress ? [{ name: spec.stableIngress, field: `${at}.stableIngress` }] : []),
  ...(spec.stableIngresses ?? []).map((name, index) => ({ name, field: `${at}.stableIngresses[${index}]` })),
]

const refTo = (name: string, rollout: DeepReadonly<Rollout>): ObjectRef => ({
  resource: ingresses,
  namespace: rollout.metadata.namespace ?? '',
  name,
})

// The API server holds Ingresses to its own schema, of which our type is a part.
const ingressIn = (known: KnownObjects, ref: ObjectRef): DeepReadonly<Ingress> | undefined =>
  known.get(ref) as unknown as DeepReadonly<Ingress> | undefined

const faultsOf = (
  { name, field }: NamedIngress,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const stable = ingressIn(known, refTo(name, rollout))
  if (stable === undefined) return [invalid(field, name, `ingress.networking.k8s.io "${name}" not found`)]
  const service = rollout.spec.strategy?.canary?.stableService ?? ''
  if (rulesOfStable(stable, service).length === 0) {
    return [invalid(field, name, `ingress \`${name}\` has no rules using service ${service} backend`)]
  }
  const canaryName = canaryIngressName(rollout.metadata.name, name)
  const canary = ingressIn(known, refTo(canaryName, rollout))
  return canary === undefined || isOwnedBy(canary, rollout)
    ? []
    : [invalid(field, name, `canary ingress \`${canaryName}\` controlled by different object`)]
}

/** What the published controller calls an internal error, of the whole router. */
const wrongChoice = (found: string): FieldError => {
  const detail = `Either StableIngress or StableIngresses must be configured. ${found} are configured.`
  return { type: 'Internal', field: at, badValue: null, detail }
}

const exactlyOneField = (spec: DeepReadonly<NginxRouting>): readonly FieldError[] => {
  const [one, several] = [spec.stableIngress ?? '', spec.stableIngresses ?? []]
  if (one !== '' && several.length > 0) return [wrongChoice('Both')]
  return one === '' && several.length === 0 ? [wrongChoice('Neither')] : []
}

const whyOf = ({ canary, maxWeight, headerRoutes }: TrafficIntent): string => {
  const routes = headerRoutes.map(({ name }) => name)
  const weights = `${canary.weight} of ${maxWeight} to ${canary.serviceName}`
  return routes.length > 0 ? `${weights}, with the routes ${routes.join(', ')}` : weights
}

const writeOf = (
  name: string,
  spec: DeepReadonly<NginxRouting>,
  rollout: DeepReadonly<Rollout>,
  intent: TrafficIntent,
  known: KnownObjects,
): ObjectWrite[] => {
  const stable = ingressIn(known, refTo(name, rollout))
  if (stable === undefined) return []
  const hasOwnMaximum = rollout.spec.strategy?.canary?.trafficRouting?.maxTrafficWeight !== undefined
  const ref = refTo(canaryIngressName(rollout.metadata.name, name), rollout)
  const live = ingressIn(known, ref)
  const annotations = {
    ...canaryAnnotations(stable, intent, spec, hasOwnMaximum),
    ...recordOfRoutes(intent, spec, live, rollout),
  }
  const why = whyOf(intent)
  if (live === undefined) {
    const object = newCanaryIngress(stable, intent, annotations, rollout) as unknown as JsonObject
    return [{ type: 'create', ref, object, why }]
  }
  const newAnnotations = annotationChange(annotations, live, spec, rollout)
  const newSpec = specChange(canarySpec(stable, intent), live.spec)
  const sameSpec = Object.keys(newSpec).length === 0
  if (sameSpec && Object.keys(newAnnotations).length === 0) return []
  const patch = {
    metadata: {
      ...(sameSpec ? {} : { resourceVersion: live.metadata.resourceVersion }),
      ...(Object.keys(newAnnotations).length === 0 ? {} : { annotations: newAnnotations }),
    },
    ...(sameSpec ? {} : { spec: newSpec }),
  }
  return [{ type: 'patch', ref, patch: patch as unknown as JsonObject, why }]
}

/**
 * Keeps a canary copy of each stable Ingress, whose annotations give ingress-nginx the weight
 * (ingress-nginx, "Annotations", section Canary). The copy belongs to the Rollout; the stable Ingress is only read.
 */
export const nginxRouter: Router<DeepReadonly<NginxRouting>> = {
  name: 'nginx',
  abilities: ['header-routes', 'cookie-routes', 'weights-beyond-100'],
  resources: [ingresses],
  refs: (spec, rollout) =>
    stableIngresses(spec).flatMap(({ name }) => [
      refTo(name, rollout),
      refTo(canaryIngressName(rollout.metadata.name, name), rollout),
    ]),
  validate: (spec, rollout, known) => [
    ...exactlyOneField(spec),
    ...stableIngresses(spec).flatMap((ingress) => faultsOf(ingress, rollout, known)),
    ...stepErrors(spec, rollout),
  ],
  desire: (intent, spec, rollout, known) =>
    stableIngresses(spec).flatMap(({ name }) => writeOf(name, spec, rollout, intent, known)),
  leave: (_intent, spec, rollout, known) =>
    stableIngresses(spec).flatMap(({ name }) => {
      const ref = refTo(canaryIngressName(rollout.metadata.name, name), rollout)
      const canary = ingressIn(known, ref)
      if (canary === undefined || !isOwnedBy(canary, rollout)) return []
      return [
        { type: 'delete', ref, uid: canary.metadata.uid, why: 'the Rollout no longer names its Ingress' } as const,
      ]
    }),
  // ingress-nginx reports nothing about what it has taken over.
  verify: () => ({ state: 'not-verifiable' }),
}
