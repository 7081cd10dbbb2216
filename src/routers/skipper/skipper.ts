import * as z from 'zod'
import { type FieldError, invalid, required } from '../../api/field-error.ts'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { ingresses } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { SkipperRouting } from '../../api/routers/skipper.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'

const at = 'spec.strategy.canary.trafficRouting.skipper.ingresses'
/** Weights of backends by the name of their Service, as JSON (Skipper, "Ingress Usage"). */
const weightsAnnotation = 'zalando.org/backend-weights'

type Spec = DeepReadonly<SkipperRouting>

const refOf = (name: string, { metadata }: DeepReadonly<Rollout>): ObjectRef => ({
  resource: ingresses,
  namespace: metadata.namespace ?? '',
  name,
})

// The API server holds Ingresses to its own schema, of which our type is a part.
const ingressIn = (name: string, rollout: DeepReadonly<Rollout>, known: KnownObjects) =>
  known.get(refOf(name, rollout)) as unknown as DeepReadonly<Ingress> | undefined

const weightsSchema = z.record(z.string(), z.number())

const weightsOf = ({ metadata }: DeepReadonly<Ingress>): Readonly<Record<string, number>> => {
  try {
    const parsed = weightsSchema.safeParse(JSON.parse(metadata.annotations?.[weightsAnnotation] ?? '{}'))
    return parsed.success ? parsed.data : {}
  } catch {
    // Skipper cannot read it either: what we write takes its place.
    return {}
  }
}

/** Weights as intended, those of other Services kept; `undefined` when they are there. */
const changedWeights = (ingress: DeepReadonly<Ingress>, { canary, stable }: TrafficIntent): string | undefined => {
  const live = weightsOf(ingress)
  const wanted = [canary, stable].map(({ serviceName, weight }) => [serviceName, weight] as const)
  if (wanted.every(([service, weight]) => live[service] === weight)) return undefined
  return JSON.stringify({ ...live, ...Object.fromEntries(wanted) })
}

/** Services by host and path: Skipper splits between backends of the same one. */
const servicesByPath = ({ spec }: DeepReadonly<Ingress>): readonly ReadonlySet<string>[] => {
  const byPath = new Map<string, Set<string>>()
  for (const { host = '', http } of spec.rules ?? []) {
    for (const { path = '/', pathType = '', backend } of http?.paths ?? []) {
      const key = JSON.stringify([host, path, pathType])
      byPath.set(key, (byPath.get(key) ?? new Set()).add(backend.service?.name ?? ''))
    }
  }
  return [...byPath.values()]
}

const faultsOf = (
  name: string,
  field: string,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const ingress = ingressIn(name, rollout, known)
  if (ingress === undefined) return [invalid(field, name, `ingress.networking.k8s.io "${name}" not found`)]
  const { canary, stable } = serviceRolesOf(rollout)
  if (servicesByPath(ingress).some((services) => services.has(canary) && services.has(stable))) return []
  const services = `stable Service "${stable}" and canary Service "${canary}"`
  return [invalid(field, name, `no path of Ingress "${name}" has both the ${services} as backends`)]
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

/**
 * Sets the weights of the two Services in an annotation of Ingresses that Skipper serves. Weights of other Services and all
 * else in the Ingress stay as their owner wrote them.
 */
export const skipperRouter: Router<Spec> = {
  name: 'skipper',
  // Skipper takes weights for a ratio, so any total does.
  abilities: ['ping-pong', 'weights-beyond-100'],
  resources: [ingresses],
  refs: (spec, rollout) => spec.ingresses.map((name) => refOf(name, rollout)),
  validate: (spec, rollout, known) => [
    ...(spec.ingresses.length === 0 ? [required(at, 'name at least one Ingress')] : []),
    ...spec.ingresses.flatMap((name, index) => faultsOf(name, `${at}[${index}]`, rollout, known)),
  ],
  desire: (intent, spec, rollout, known) => spec.ingresses.flatMap((name) => writesFor(name, intent, rollout, known)),
  verify: (intent, spec, rollout, known): Verification => {
    const behind = spec.ingresses.find((name) => writesFor(name, intent, rollout, known).length > 0)
    // Skipper reports nothing about what it has taken over.
    return behind === undefined
      ? { state: 'not-verifiable' }
      : { state: 'pending', why: `Ingress ${behind} does not have the weights yet` }
  },
}
