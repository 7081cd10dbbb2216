import type { Manifest } from '../harness/manifest.ts'
import { realNode } from './data-plane.ts'
import type { GatewayName } from './gateway.ts'
import { traefikGateway } from './traefik.ts'

const labels = { app: 'shop' }

/**
 * Pods of a version, on the node where they are processes. They go on serving while the proxy learns that they are to end,
 * as every pod behind a proxy must: it reads endpoints a moment after they have changed.
 */
function podTemplate(tag: string): object {
  const container = {
    name: 'shop',
    image: `shop:${tag}`,
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1, failureThreshold: 2 },
    lifecycle: { preStop: { sleep: { seconds: 6 } } },
  }
  return {
    metadata: { labels },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': realNode },
      tolerations: [{ key: 'real-pods', operator: 'Exists' }],
      terminationGracePeriodSeconds: 20,
      containers: [container],
    },
  }
}

/** The Rollout `shop` at version 1.0, with real pods. */
export function aRealRollout(strategy: object, spec: object = {}): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'shop' },
    spec: { replicas: 3, selector: { matchLabels: labels }, template: podTemplate('1.0'), strategy, ...spec },
  }
}

/** What changes a Rollout of real pods to another version. */
export function toRealVersion(tag: string): { readonly spec: object } {
  return { spec: { template: podTemplate(tag) } }
}

/** A Service of all real pods of the shop. */
export function aRealService(name: string): Manifest {
  const ports = [{ port: 80, targetPort: 8080 }]
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: labels, ports } }
}

const pair = ['shop-stable', 'shop-canary']

/** What an HTTPRoute has that is not as usual. */
interface RouteSettings {
  /** By default the pair of a canary. */
  readonly services?: readonly string[]
  /** Filters of its owner. */
  readonly filters?: readonly object[]
  /** By default that of Traefik. */
  readonly gateway?: GatewayName
}

/** The HTTPRoute `shop`, all weight on its first Service. */
export function aRoute(
  host: string,
  { services = pair, filters = [], gateway = traefikGateway }: RouteSettings = {},
): Manifest {
  const backendRefs = services.map((name, index) => ({ name, port: 80, weight: index === 0 ? 100 : 0 }))
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop' },
    spec: {
      parentRefs: [gateway],
      hostnames: [host],
      rules: [{ backendRefs, ...(filters.length > 0 && { filters }) }],
    },
  }
}

/** The HTTPProxy `shop` of Contour, all weight on the stable Service. */
export function anHttpProxy(host: string): Manifest {
  const services = pair.map((name, index) => ({ name, port: 80, weight: index === 0 ? 100 : 0 }))
  return {
    apiVersion: 'projectcontour.io/v1',
    kind: 'HTTPProxy',
    metadata: { name: 'shop' },
    spec: { virtualhost: { fqdn: host }, routes: [{ conditions: [{ prefix: '/' }], services }] },
  }
}

function traefikObject(kind: string, name: string, spec: object): Manifest {
  return { apiVersion: 'traefik.io/v1alpha1', kind, metadata: { name }, spec }
}

/** A weighted TraefikService `shop`, a mirroring one `shop-mirror` in front of it, and the IngressRoute that leads there. */
export function traefikServices(host: string): readonly Manifest[] {
  const services = pair.map((name, index) => ({ name, port: 80, weight: index === 0 ? 100 : 0 }))
  const route = {
    kind: 'Rule',
    match: `Host(\`${host}\`)`,
    services: [{ kind: 'TraefikService', name: 'shop-mirror' }],
  }
  return [
    traefikObject('TraefikService', 'shop', { weighted: { services } }),
    traefikObject('TraefikService', 'shop-mirror', { mirroring: { kind: 'TraefikService', name: 'shop' } }),
    traefikObject('IngressRoute', 'shop', { entryPoints: ['web'], routes: [route] }),
  ]
}

/** A Middleware that asks another pod when one could not be reached; what a pod has begun to read is never asked twice. */
export function aRetry(attempts: number): Manifest {
  return traefikObject('Middleware', 'retry', { retry: { attempts } })
}
