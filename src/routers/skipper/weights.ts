import * as z from 'zod'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { TrafficIntent } from '../router.ts'

/** Weights of backends by the name of their Service, as JSON (Skipper, "Ingress Usage"). */
export const weightsAnnotation = 'zalando.org/backend-weights'

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
export const changedWeights = (
  ingress: DeepReadonly<Ingress>,
  { canary, stable }: TrafficIntent,
): string | undefined => {
  const live = weightsOf(ingress)
  const wanted = [canary, stable].map(({ serviceName, weight }) => [serviceName, weight] as const)
  if (wanted.every(([service, weight]) => live[service] === weight)) return undefined
  return JSON.stringify({ ...live, ...Object.fromEntries(wanted) })
}

/** The Services behind each host and path of an Ingress: Skipper splits between backends of the same one. */
export const servicesByPath = ({
  rules = [],
}: DeepReadonly<Ingress['spec']>): ReadonlyMap<string, ReadonlySet<string>> => {
  const byPath = new Map<string, Set<string>>()
  for (const { host, http } of rules) {
    for (const path of http?.paths ?? []) {
      const key = pathKey(host, path)
      byPath.set(key, (byPath.get(key) ?? new Set()).add(path.backend.service?.name ?? ''))
    }
  }
  return byPath
}

/** Tells the paths of an Ingress apart. */
export const pathKey = (
  host: string | undefined,
  { path = '/', pathType = '' }: { readonly path?: string; readonly pathType?: string },
): string => JSON.stringify([host ?? '', path, pathType])
