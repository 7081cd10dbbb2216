import * as z from 'zod'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ServiceShare } from './split.ts'

const annotation = 'zalando.org/backend-weights'
const predicate = 'zalando.org/skipper-predicate'
const weightsSchema = z.record(z.string(), z.number())

/** The Services behind each host and path of an Ingress. */
const backendsByPath = ({ spec }: DeepReadonly<Ingress>): readonly (readonly string[])[] => {
  const byPath = new Map<string, string[]>()
  for (const { host = '', http } of spec.rules ?? []) {
    for (const { path = '/', pathType = '', backend } of http?.paths ?? []) {
      const key = JSON.stringify([host, path, pathType])
      byPath.set(key, [...(byPath.get(key) ?? []), backend.service?.name ?? ''])
    }
  }
  return [...byPath.values()]
}

/** Weights are a ratio; backends without one get nothing beside those with one, and equal parts among themselves. */
const sharesOfPath = (
  backends: readonly string[],
  weights: Readonly<Record<string, number>>,
  part: number,
): readonly ServiceShare[] => {
  const total = backends.reduce((sum, service) => sum + (weights[service] ?? 0), 0)
  return backends.map((service) => ({
    service,
    share: total === 0 ? part / backends.length : (part * (weights[service] ?? 0)) / total,
  }))
}

/**
 * How Ingresses that Skipper serves, as their annotation tells, split the requests to paths that lead to one of the Services
 * (Skipper, "Ingress Usage"). Every path counts the same. Undefined when none leads to any of them.
 */
export const sharesOfSkipper = (
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const paths = ingresses.flatMap((ingress) => {
    const text = ingress.metadata.annotations?.[annotation]
    const weights = text === undefined ? {} : weightsSchema.parse(JSON.parse(text))
    return text === undefined ? [] : backendsByPath(ingress).map((backends) => ({ backends, weights }))
  })
  const ours = paths.filter(({ backends }) => backends.some((service) => services.has(service)))
  if (ours.length === 0) return undefined
  return ours.flatMap(({ backends, weights }) => sharesOfPath(backends, weights, 1 / ours.length))
}

/** The Services that Ingresses for requests of a kind send them to, when one of ours is behind them. */
export const servicesOfSpecialSkipper = (
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): ReadonlySet<string> =>
  new Set(
    ingresses
      .filter(({ metadata }) => metadata.annotations?.[predicate] !== undefined)
      .flatMap((ingress) => backendsByPath(ingress).flat())
      .filter((service) => services.has(service)),
  )
