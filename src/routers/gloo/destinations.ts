import type { GlooDestination, GlooRoute } from '../../api/kubernetes/route-table.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { EntryShape } from '../weighted-entries.ts'

/** Gloo's discovery names the Upstream of a Service `<namespace>-<service>-<port>`. */
const discovered = (upstream: string, namespace: string): { service: string; port: string } | undefined => {
  const rest = upstream.startsWith(`${namespace}-`) ? upstream.slice(namespace.length + 1) : ''
  const [, service, port] = /^(.+)-(\d+)$/.exec(rest) ?? []
  return service === undefined || port === undefined ? undefined : { service, port }
}

/** A destination, by the Service of the Rollout's namespace that it names or whose Upstream it names. */
export const destinationShape = (namespace: string): EntryShape<GlooDestination> => ({
  serviceOf: ({ destination: { kube, upstream } = {} }) => {
    if (kube !== undefined) return (kube.ref.namespace ?? namespace) === namespace ? kube.ref.name : undefined
    return upstream && discovered(upstream.name, namespace)?.service
  },
  weightOf: ({ weight }) => weight,
  withWeight: (entry, weight) => ({ ...entry, weight }),
  leadingTo: (entry, name) => {
    const { kube, upstream } = entry.destination ?? {}
    const port = upstream && discovered(upstream.name, namespace)?.port
    return {
      ...entry,
      destination: {
        ...entry.destination,
        ...(kube !== undefined && { kube: { ...kube, ref: { ...kube.ref, name } } }),
        ...(port !== undefined && { upstream: { ...upstream, name: `${namespace}-${name}-${port}` } }),
      },
    }
  },
})

/** The several destinations of a route; none of one that has a single one, or none. */
export const destinationsOf = ({ routeAction }: DeepReadonly<GlooRoute>): readonly DeepReadonly<GlooDestination>[] =>
  routeAction?.multi?.destinations ?? []
