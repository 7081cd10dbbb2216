import type { ApiClient } from './api-client.ts'
import {
  type HttpRoute,
  httpRouteSchema,
  type Ingress,
  ingressSchema,
  type Pod,
  podSchema,
  type Service,
  serviceSchema,
} from './objects.ts'

/** The objects that decide where a request goes. */
export interface DataPlaneObjects {
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  readonly ingresses: readonly Ingress[]
  readonly httpRoutes: readonly HttpRoute[]
}

/** A picture of them that is a quarter of a second old at most. */
export interface DataPlaneView {
  current(): DataPlaneObjects
  /** Called with every new picture. */
  subscribe(listener: (objects: DataPlaneObjects) => void): void
  stop(): Promise<void>
}

const nothing: DataPlaneObjects = { pods: [], services: [], ingresses: [], httpRoutes: [] }

async function look(api: ApiClient): Promise<DataPlaneObjects> {
  const [pods, services, ingresses, httpRoutes] = await Promise.all([
    api.list('/api/v1/pods?resourceVersion=0', podSchema),
    api.list('/api/v1/services?resourceVersion=0', serviceSchema),
    api.list('/apis/networking.k8s.io/v1/ingresses?resourceVersion=0', ingressSchema),
    api.list('/apis/gateway.networking.k8s.io/v1/httproutes?resourceVersion=0', httpRouteSchema).catch(() => []),
  ])
  return { pods, services, ingresses, httpRoutes }
}

/**
 * Looks at the cluster four times a second. While the API server is away the last picture stays in force, as a real data
 * plane keeps its last configuration.
 */
export function watchDataPlane(api: ApiClient): DataPlaneView {
  const listeners: ((objects: DataPlaneObjects) => void)[] = []
  const stopping = new AbortController()
  let latest = nothing
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const seen = await look(api).catch(() => undefined)
      if (seen !== undefined) {
        latest = seen
        for (const listener of listeners) listener(seen)
      }
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 250).unref()
      })
    }
  }
  void loop()
  return {
    current: () => latest,
    subscribe: (listener) => {
      listeners.push(listener)
      listener(latest)
    },
    async stop() {
      stopping.abort()
    },
  }
}
